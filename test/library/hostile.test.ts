import { getEventListeners } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  createEnvironment,
  installPackages,
  type LibraryOptions,
  loadPrefix,
  removePackages,
  searchPackages,
  solve,
  updatePackages,
} from '../../src/index.ts';
import { currentHost } from '../../src/host/index.ts';
import { CLI, run, SAMPLE } from '../helpers/cli.ts';
import { sampleChannel } from '../helpers/sample-channel.ts';

let directory: string;
let prefix: string;
let common: LibraryOptions;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-hostile-'));
  prefix = path.join(directory, 'env');
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    TCONDA_ROOT_PREFIX: path.join(directory, 'root'),
  };
  common = {
    host: { ...currentHost(), home: directory, cwd: directory, env },
    channels: [pathToFileURL(await sampleChannel()).href],
    configFiles: [],
  };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('callers without types are told what is wrong, and nothing is done', () => {
  const target = { name: 'env' };
  test.each([
    ['no options', undefined],
    ['neither name nor prefix', { specs: ['ladder'] }],
    ['both', { ...target, prefix: '/somewhere', specs: ['ladder'] }],
    ['an empty prefix', { prefix: '', specs: ['ladder'] }],
    ['specs that are no list', { ...target, specs: 'ladder' }],
    ['specs that are no texts', { ...target, specs: [3] }],
    ['channels that are no list', { ...target, channels: 'conda-forge' }],
    ['a platform that is none', { ...target, platform: 'linux64' }],
    ['a setting that is none', { ...target, settings: { ofline: true } }],
  ])('%s', async (_, options) => {
    const given = (options === undefined ? undefined : { ...common, ...options }) as never;
    for (const call of [createEnvironment, installPackages, updatePackages, removePackages]) {
      // oxlint-disable-next-line no-await-in-loop
      await expect(call(given)).rejects.toMatchObject({ name: 'TcondaError', code: 'USAGE' });
    }
    expect(readdirSync(directory)).toEqual([]);
  });

  test('no spec to search for, and no channels to search in', async () => {
    await expect(searchPackages(undefined as never, common)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(solve({ ...common, channels: [], specs: ['ladder'] })).rejects.toMatchObject({
      code: 'NO_CHANNELS',
    });
  });
});

describe('whoever listens or decides', () => {
  test.each(['phase-started', 'planned', 'fetched', 'extracted', 'linked', 'phase-finished'])(
    'may throw at %s, which ends the call and leaves nothing',
    async (kind) => {
      const change = createEnvironment({
        ...common,
        prefix,
        specs: ['greet=1.1', 'ladder'],
        onEvent: (event) => {
          if (event.kind === kind) throw new Error('enough');
        },
      });
      await expect(change).rejects.toThrow('enough');
      expect(existsSync(prefix)).toBe(false);
      await createEnvironment({ ...common, prefix, specs: ['ladder'] });
    },
  );

  test('may refuse to answer, until the signal fires', async () => {
    const controller = new AbortController();
    const never = createEnvironment({
      ...common,
      prefix,
      specs: ['ladder'],
      signal: controller.signal,
      confirm: () => {
        setTimeout(() => controller.abort(), 50);
        return new Promise<boolean>(() => undefined);
      },
    });
    await expect(never).rejects.toMatchObject({ name: 'AbortError' });
    const late = createEnvironment({
      ...common,
      prefix,
      specs: ['ladder'],
      signal: AbortSignal.timeout(60_000),
      confirm: () => Promise.reject(new Error('not today')),
    });
    await expect(late).rejects.toThrow('not today');
    expect(existsSync(prefix)).toBe(false);
  });
});

test('many calls at once on one environment end with an environment of some of them', async () => {
  const created = await Promise.allSettled(
    Array.from({ length: 3 }, () => createEnvironment({ ...common, prefix, specs: ['ladder'] })),
  );
  expect(created.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
  const reasons = created.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  expect(reasons.every(({ name }) => name === 'TcondaError')).toBe(true);
  const specs = ['links', 'unicode', 'text-prefix'];
  await Promise.all(specs.map((spec) => installPackages({ ...common, prefix, specs: [spec] })));
  const { records } = await loadPrefix(prefix);
  expect(records.map(({ name }) => name)).toEqual(['ladder', 'links', 'text-prefix', 'unicode']);
});

test('a signal for many calls is left as it was, and so is the process', async () => {
  const { signal } = new AbortController();
  const before = [JSON.stringify(process.env), process.cwd(), ...process.eventNames().map(String)];
  for (let call = 0; call < 15; call++) {
    // oxlint-disable-next-line no-await-in-loop
    await solve({ ...common, specs: ['ladder'], signal });
  }
  await createEnvironment({ ...common, prefix, specs: ['ladder'], signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect([JSON.stringify(process.env), process.cwd(), ...process.eventNames().map(String)]).toEqual(before);
});

test('what was given may be frozen', async () => {
  const options = Object.freeze({
    ...common,
    channels: Object.freeze([...(common.channels ?? [])]),
    specs: Object.freeze(['ladder']),
    settings: Object.freeze({ offline: false }),
    prefix,
  });
  expect((await createEnvironment(options)).kind).toBe('changed');
});

/** In a process of its own, on what is published: threads and files are those of the whole process. */
test.runIf(existsSync(CLI) && existsSync(SAMPLE) && process.platform === 'linux')(
  'a process ends by itself, without files and threads of calls that were ended in any phase',
  async () => {
    const program = path.join(directory, 'program.mjs');
    writeFileSync(
      program,
      `
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnvironment } from '${pathToFileURL(path.resolve(CLI, '../index.js')).href}';

const open = () => ['fd', 'task'].map((name) => readdirSync('/proc/self/' + name).length);
const make = (name, more) => createEnvironment({
  prefix: '${directory}/' + name,
  channels: ['${pathToFileURL(SAMPLE).href}'],
  configFiles: [],
  settings: { pkgs_dirs: ['${directory}/pkgs-' + name] },
  specs: ['greet=1.1', 'ladder', 'links'],
  ...more,
});
process.on('warning', (warning) => console.log('warning: ' + warning.message));
await make('first', {});
await sleep(200);
const before = open();
for (const phase of ['repodata', 'solve', 'fetch', 'extract', 'link']) {
  const controller = new AbortController();
  const onEvent = (event) => {
    if (event.kind === 'phase-started' && event.phase === phase) controller.abort();
  };
  await make(phase, { signal: controller.signal, onEvent }).catch((error) => console.log(phase, error.name));
}
await make('last', {});
await sleep(200);
const after = open();
console.log(after.every((count, at) => count <= before[at]) ? 'as before' : before + ' -> ' + after);
process.on('exit', () => console.log('over'));
`,
    );
    const began = Date.now();
    const ran = await run(process.execPath, [program], { PATH: process.env['PATH'], HOME: directory });
    expect(ran.stderr).toBe('');
    expect(ran.stdout.trim().split('\n')).toEqual([
      ...['repodata', 'solve', 'fetch', 'extract', 'link'].map((phase) => `${phase} AbortError`),
      'as before',
      'over',
    ]);
    expect(Date.now() - began).toBeLessThan(20_000);
  },
);
