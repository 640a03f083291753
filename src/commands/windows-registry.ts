import { execFileSync } from 'node:child_process';

/** Whose settings: those of this user, or of all. */
export type RegistryHive = 'HKEY_CURRENT_USER' | 'HKEY_LOCAL_MACHINE';

const keyOf = (hive: RegistryHive): string => `${hive}\\Software\\Microsoft\\Command Processor`;

/** What cmd.exe runs at each start; empty when nothing is set. */
export function readAutoRun(hive: RegistryHive): string {
  try {
    const text = execFileSync('reg', ['query', keyOf(hive), '/v', 'AutoRun'], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return /AutoRun\s+REG_\w+\s+(.*)/.exec(text)?.[1]?.trim() ?? '';
  } catch {
    // reg fails for a value that is not there.
    return '';
  }
}

/** Sets what cmd.exe runs at each start; empty takes the value away. */
export function writeAutoRun(value: string, hive: RegistryHive): void {
  const key = keyOf(hive);
  const args =
    value === ''
      ? ['delete', key, '/v', 'AutoRun', '/f']
      : ['add', key, '/v', 'AutoRun', '/t', 'REG_EXPAND_SZ', '/d', value, '/f'];
  execFileSync('reg', args, { stdio: 'pipe' });
}

/**
 * Lets programs use paths of more than 260 characters.
 * @throws {Error} without the rights of an administrator
 */
export function writeLongPathsEnabled(): void {
  const key = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem';
  execFileSync('reg', ['add', key, '/v', 'LongPathsEnabled', '/t', 'REG_DWORD', '/d', '1', '/f'], {
    stdio: 'pipe',
  });
}
