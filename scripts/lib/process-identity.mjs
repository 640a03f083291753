import { readFileSync } from 'node:fs';

/**
 * A process as `NUMBER START`, where the system tells when it was started: numbers are given again.
 * @param {number} pid
 */
export function identityOf(pid) {
  try {
    // The name before may hold anything, blanks and brackets too.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return `${pid} ${fields[19] ?? ''}`.trim();
  } catch {
    return String(pid);
  }
}

/** @param {string} identity */
export function isAlive(identity) {
  const pid = Number(identity.split(' ')[0]);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return identityOf(pid) === identity;
}
