import { randomUUID } from 'node:crypto';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { changeOptions, specInput } from './change-options.ts';
import type { Context } from './command.ts';
import { withOutside } from './outside.ts';

/**
 * What a new environment with these specs would hold on the platform that `config` is for. Nothing is installed or shown.
 * @throws {TcondaError} `PACKAGES_NOT_FOUND`, `UNSATISFIABLE`
 */
export async function solveForPlatform(
  specs: readonly string[],
  config: LoadedConfig,
  context: Context,
): Promise<readonly RepoDataRecord[]> {
  const silent: Context = { ...context, report: () => undefined };
  return await withOutside(config, silent, async (outside) => {
    const { changeEnvironment } = await import('../pipeline.ts');
    const change = { command: 'create', wanted: { kind: 'specs', specs } } as const;
    const input = { ...specInput(change, specs, config, silent, outside), createDefaultPackages: [] };
    const { transaction } = await changeEnvironment(input, {
      ...changeOptions(config, silent, outside, () => Promise.resolve(false)),
      // Nobody has it, and nobody gets it.
      prefix: path.join(context.host.tmpdir, `tconda-${randomUUID()}`),
      dryRun: true,
    });
    return transaction.operations.flatMap((operation) => ('install' in operation ? [operation.install] : []));
  });
}
