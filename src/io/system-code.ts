/**
 * What the system calls an error, `ENOSPC`; undefined for what is none of its. Node has no name for a disk whose quota is used
 * up, and says a number (122 on Linux, 69 on macOS).
 */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^Unknown system error -(?:122|69)$/.test(error.code) ? 'EDQUOT' : error.code;
}

/** Whether a message of the system says that the disk, or the part of it that one may use, is full. */
export function saysFull(message: string): boolean {
  return /\b(?:ENOSPC|EDQUOT)\b|^Unknown system error -(?:122|69)\b/.test(message);
}
