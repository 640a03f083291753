import { execFileSync } from 'node:child_process';

const KEY = 'HKCU\\Software\\Microsoft\\Command Processor';

/** What cmd.exe runs at each start; empty when nothing is set. */
export function readAutoRun(): string {
  try {
    const text = execFileSync('reg', ['query', KEY, '/v', 'AutoRun'], { encoding: 'utf8', stdio: 'pipe' });
    return /AutoRun\s+REG_\w+\s+(.*)/.exec(text)?.[1]?.trim() ?? '';
  } catch {
    // reg fails for a value that is not there.
    return '';
  }
}

/** Sets what cmd.exe runs at each start; empty takes the value away. */
export function writeAutoRun(value: string): void {
  const args =
    value === ''
      ? ['delete', KEY, '/v', 'AutoRun', '/f']
      : ['add', KEY, '/v', 'AutoRun', '/t', 'REG_EXPAND_SZ', '/d', value, '/f'];
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
