import { randomUUID } from 'node:crypto';
import path from 'node:path';

import { changeOptions, specInput } from '../commands/change-options.ts';
import { withOutside } from '../commands/outside.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { SpecInput } from '../model/request.ts';
import { type LibraryOptions, openLibrary } from './library-options.ts';

export interface SolveSpecsOptions extends LibraryOptions {
  /** What is wanted: `python=3.12`. */
  readonly specs: readonly string[];
  /** More for the solver, such as `{ resolution: 'lowest' }`. */
  readonly input?: Partial<SpecInput>;
}

/**
 * What a new environment with these specs would hold, in the order of linking. Nothing is downloaded but indexes.
 * @throws {TcondaError} `PACKAGES_NOT_FOUND`; `UNSATISFIABLE`, whose message says why; and others; the signal's reason
 */
export async function solve(options: SolveSpecsOptions): Promise<readonly RepoDataRecord[]> {
  const { config, context } = await openLibrary(options);
  const { specs, input = {} } = options;
  return await withOutside(config, context, async (outside) => {
    const { changeEnvironment } = await import('../pipeline.ts');
    const change = { command: 'create', wanted: { kind: 'specs', specs }, input } as const;
    const request = specInput(change, specs, config, context, outside);
    const { transaction } = await changeEnvironment(request, {
      ...changeOptions(config, context, outside, () => Promise.resolve(false)),
      // Nobody has it, and nobody gets it.
      prefix: path.join(context.host.tmpdir, `tconda-${randomUUID()}`),
      dryRun: true,
    });
    return transaction.operations.flatMap((operation) => ('install' in operation ? [operation.install] : []));
  });
}
