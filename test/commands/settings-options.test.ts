import { expect, test } from 'vitest';

import { parseArguments } from '../../src/cli/parse-arguments.ts';
import { create } from '../../src/commands/create.ts';
import { globalOptions } from '../../src/commands/options.ts';
import { configFlags } from '../../src/commands/settings.ts';
import { currentHost } from '../../src/host/index.ts';

/** What a command line says of the settings, without what it doesn't. */
function settingsOf(line: string): Readonly<Record<string, unknown>> {
  const parsed = parseArguments('tconda create', create, globalOptions, line.split(' '));
  if (parsed.kind !== 'run') throw new Error(parsed.text);
  const values = Object.entries(configFlags(parsed.values, currentHost()).values ?? {});
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

test('options that are settings by another name are those settings', () => {
  // What each setting does is shown with the settings.
  const all = {
    '--pyc links': { compile_pyc: true },
    '--no-pyc links': { compile_pyc: false },
    '--pin links': { ignore_pinned: false },
    '--no-pin links': { ignore_pinned: true },
    '--allow-softlinks links': { allow_softlinks: true },
    '--always-softlink links': { always_softlink: true },
    '--always-copy links': { always_copy: true },
    '--safety-checks warn links': { safety_checks: 'warn' },
    '--extra-safety-checks links': { extra_safety_checks: true },
    '--ssl-verify <false> links': { ssl_verify: false },
    '--ssl-verify true links': { ssl_verify: true },
    '--cacert-path ca.pem links': { ssl_verify: 'ca.pem' },
    '--ssl-verify ca.pem --insecure links': { ssl_verify: false },
    '--channel-priority links': { channel_priority: 'flexible' },
    '--channel-priority strict links': { channel_priority: 'strict' },
    '--repodata-ttl 30 links': { local_repodata_ttl: 30 },
    '--run-link-scripts links': { link_scripts: 'run' },
    '--skip-run-link-scripts links': { link_scripts: 'skip' },
    links: {},
  };
  expect(Object.fromEntries(Object.keys(all).map((line) => [line, settingsOf(line)]))).toEqual(all);
});
