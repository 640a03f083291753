import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { formatJson } from '../../src/cli/output.ts';
import { CLI, type Home, makeHome, type Ran, run, SAMPLE } from '../helpers/cli.ts';

/** Loads the whole program, without the quick one before it. */
const MAIN = `
  const { loadProgram } = require(${JSON.stringify(CLI)});
  loadProgram()(process.argv.slice(2)).then((code) => (process.exitCode = code));
`;

let home: Home;
let main: string;

beforeAll(async () => {
  home = makeHome();
  main = path.join(home.directory, 'main.cjs');
  const created = await home.tconda(
    'create',
    '-y',
    '-n',
    'some',
    '--override-channels',
    '-c',
    SAMPLE,
    'python',
    'greet',
  );
  if (created.code !== 0) throw new Error(created.stderr);
  writeFileSync(main, MAIN);
  const site = path.join(home.prefix('some'), 'lib', pythonFolder(), 'site-packages');
  const thing = path.join(site, 'thing-1.0.dist-info');
  mkdirSync(thing, { recursive: true });
  writeFileSync(path.join(thing, 'METADATA'), 'Metadata-Version: 2.1\nName: Thing\nVersion: 1.0\n\n');
  writeFileSync(path.join(home.directory, '.condarc'), 'channels:\n  - conda-forge\nnonsense: 1\n');
  copyEnvironment('sorted', (text) => {
    const json = JSON.parse(text) as Record<string, unknown>;
    const entries = Object.entries(json).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify(Object.fromEntries(entries), undefined, 2);
  });
  copyEnvironment('compact', (text) => JSON.stringify(JSON.parse(text)));
  copyEnvironment('broken', (text) => text.slice(0, 300));
});
afterAll(() => home.remove());

function pythonFolder(): string {
  const meta = readFileSync(path.join(home.prefix('some'), 'conda-meta/history'), 'utf8');
  return /python-\d+\.\d+/.exec(meta)?.[0].replace('-', '') ?? '';
}

/** An environment like `some`, its records as another client writes them. */
function copyEnvironment(name: string, edit: (text: string) => string): void {
  cpSync(home.prefix('some'), home.prefix(name), { recursive: true, verbatimSymlinks: true });
  const file = recordOf(name);
  writeFileSync(file, edit(readFileSync(file, 'utf8')));
}

function recordOf(name: string): string {
  const history = readFileSync(path.join(home.prefix('some'), 'conda-meta/history'), 'utf8');
  const dist = /::(greet-\S+)/.exec(history)?.[1] ?? '';
  return path.join(home.prefix(name), 'conda-meta', `${dist}.json`);
}

async function both(args: readonly string[]): Promise<{ quick: Ran; whole: Ran }> {
  const quick = await run(process.execPath, [CLI, ...args], home.env);
  const whole = await run(process.execPath, [main, ...args], home.env);
  // As JSON says it, in a folder of any name.
  const shown = args.includes('--json') ? formatJson(CLI).slice(1, -1) : CLI;
  return { quick, whole: { ...whole, stdout: whole.stdout.replaceAll(main, () => shown) } };
}

describe('the quick program says what the whole one says', () => {
  test.each([
    'list -n some',
    'list -n sorted --json',
    'list -n compact',
    'list -n broken',
    'list -n broken --json',
    'list -n some --no-pip',
    'list -n some thing',
    'list -n some -f greet --json',
    'list -n some nothing',
    'list -n some -f nothing --json',
    'list -n some (',
    'list -n some -c',
    'list -n some -e',
    'list -n some --explicit --md5',
    'list -n some --reverse --show-channel-urls',
    'list -n some --revisions',
    'list -n some --fields name,license,files',
    'list -n some --size',
    'list -n none',
    'list -n none --json',
    'list -n a/b',
    'list -p / -q',
    'list',
    'list --jso',
    'list --help',
    'list -n some -p /x',
    'list -n',
    'list --no-such',
    'list --json=events -n some',
    'list -vv -n some',
    '--json list -n some',
    'env list',
    'env list --json',
    'env list --size --json',
    'env list --no-rc -q',
    'env list --rc-file /no/such',
    'env',
    'env lis',
    'info --base',
    'info --envs',
    'info --json',
    'info',
    'info --root-prefix /x --base',
  ])('tconda %s', async (line) => {
    const { quick, whole } = await both(line.split(' '));
    expect(quick).toEqual(whole);
  });
});

test('what pip installed is listed', async () => {
  const { stdout } = await home.tconda('list', '-n', 'some');
  expect(stdout).toMatch(/^thing +1\.0 +pypi_0 +pypi$/m);
});

describe('what a person waits for', () => {
  /** The modules of Node that a command line leads to. */
  async function loadedBy(args: readonly string[]): Promise<readonly string[]> {
    const told = path.join(home.directory, 'loaded.json');
    const preload = path.join(home.directory, 'tell.cjs');
    writeFileSync(
      preload,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(told)}, JSON.stringify(process.moduleLoadList)));`,
    );
    const ran = await run(process.execPath, ['-r', preload, ...args], home.env);
    if (ran.code !== 0) throw new Error(ran.stderr);
    const list = JSON.parse(readFileSync(told, 'utf8')) as readonly string[];
    return list.flatMap((entry) => /^NativeModule (?!internal\/)(.*)$/.exec(entry)?.[1] ?? []);
  }

  test.each(['--version', 'list -n some', 'list -n some --json', 'env list', 'shell.posix activate some'])(
    'loads nothing of Node beyond what Node itself does: tconda %s',
    async (line) => {
      const empty = path.join(home.directory, 'empty.cjs');
      writeFileSync(empty, '');
      const own = new Set(await loadedBy([empty]));
      const loaded = await loadedBy([CLI, ...line.split(' ')]);
      // What compiled code is taken up with.
      expect(loaded.filter((name) => !own.has(name) && name !== 'vm')).toEqual([]);
    },
  );
});

interface Start {
  readonly compileScript: (name: string) => { readonly cachedDataRejected?: boolean };
}

test('without its compiled code, and with that of another program, it is the same program', async () => {
  const code = path.join(path.dirname(CLI), 'list.cjs.code');
  const copy = path.join(home.directory, 'program');
  cpSync(path.dirname(CLI), copy, { recursive: true });
  const command = [path.join(copy, 'cli.cjs'), 'list', '-n', 'some'];
  const { stdout } = await home.tconda('list', '-n', 'some');
  const file = path.join(copy, 'list.cjs.code');
  const bytes = readFileSync(code);
  const { cachedDataRejected } = (createRequire(import.meta.url)(CLI) as Start).compileScript('list');
  expect(cachedDataRejected).toBe(false);
  // The last are of another source, as long as this one, and of another Node.
  const other = Buffer.concat([Buffer.from('0'.repeat(64)), bytes.subarray(64)]);
  const newer = Buffer.concat([bytes.subarray(0, 64), Buffer.from('v99.0.0'), bytes.subarray(71)]);
  for (const content of [bytes, bytes.subarray(0, 1000), Buffer.from('x'), other, newer]) {
    writeFileSync(file, content);
    expect(await run(process.execPath, command, home.env)).toMatchObject({ code: 0, stdout });
  }
  renameSync(file, `${file}.old`);
  expect(await run(process.execPath, command, home.env)).toMatchObject({ code: 0, stdout });
  const help = await home.tconda('--help');
  const whole = [path.join(copy, 'cli.cjs'), '--help'];
  rmSync(path.join(copy, 'main.cjs.code'));
  expect(await run(process.execPath, whole, home.env)).toEqual(help);
  // As Node has it that keeps what it compiles of modules.
  expect(createRequire(import.meta.url)(path.join(copy, 'main.cjs'))).toBeTypeOf('function');
  rmSync(copy, { recursive: true });
});
