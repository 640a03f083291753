import { fail } from 'node:assert/strict';

import type { Kind } from './kind.ts';

/** Every vector file that is known, by its name without `.json`. A file that is not here fails. */
export const KINDS: Readonly<Record<string, () => Promise<Kind>>> = {
  activation: async () => kindOf((await import('./kinds/activation.ts')).checkActivation),
  channels: async () => (await import('./kinds/channels.ts')).channels,
  config: async () => (await import('./kinds/config.ts')).config,
  'env-files': async () => (await import('./kinds/env-files.ts')).envFiles,
  matchspec: async () => (await import('./kinds/matchspec.ts')).matchSpec,
  'noarch-python': async () => (await import('./kinds/noarch-python.ts')).noarchPython,
  packages: async () => (await import('./kinds/packages.ts')).packages,
  prefix: async () => (await import('./kinds/prefix.ts')).prefix,
  'repodata-formats': async () => (await import('./kinds/repodata-formats.ts')).repodataFormats,
  solver: async () => (await import('./kinds/solver.ts')).solver,
  'version-order': async () => (await import('./kinds/version-order.ts')).versionOrder,
  'version-spec': async () => (await import('./kinds/version-spec.ts')).versionSpec,
};

/** A kind of a function that tells what differs, or undefined. */
function kindOf(check: (testCase: unknown) => string | undefined): Kind {
  return {
    run: (testCase) => {
      const difference = check(testCase);
      if (difference !== undefined) fail(difference);
    },
  };
}
