import { TcondaError } from '../errors.ts';
import { runProgram } from '../io/run-program.ts';
import type { Report } from '../model/event.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { MenuPlatform } from './parse-menu.ts';

export interface PrecreateOptions {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: MenuPlatform;
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs what a menu item wants to happen before it is made (`precreate` of CEP 11): for bash, which ends at the first command that
 * fails, or for cmd on Windows.
 * @throws {TcondaError} `LINK_SCRIPT_FAILED`
 */
export async function runPrecreate(
  code: string,
  record: RepoDataRecord,
  { home, env, platform, report, signal }: PrecreateOptions,
): Promise<void> {
  const [file, ...args] =
    platform === 'win'
      ? [env['COMSPEC'] ?? 'cmd.exe', '/D', '/S', '/C', `"${code.replaceAll(/\r?\n/g, '&')}"`]
      : ['bash', '-e', '-o', 'pipefail', '-c', code];
  const { code: returncode, output } = await runProgram(file, args, { env, cwd: home, signal });
  report({ kind: 'script-ran', record, action: 'precreate', script: code, returncode, output });
  if (returncode === 0) return;
  throw new TcondaError(
    'LINK_SCRIPT_FAILED',
    `precreate ended with ${returncode}${output === '' ? '' : `: ${output}`}`,
  );
}
