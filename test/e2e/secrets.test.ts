import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type Home, makeHome, type Ran } from '../helpers/cli.ts';
import { sampleChannel } from '../helpers/sample-channel.ts';
import { type ServerOptions, startServer, type TestServer } from '../helpers/server.ts';

/** Each can be found again wherever it comes to lie, also as base64 and percent-encoded. */
const PASSWORD = 'p@ss/hush-Pw7';
const TOKEN = 'hush-Token-8x2';
const SECRETS = [
  TOKEN,
  PASSWORD,
  encodeURIComponent(PASSWORD),
  Buffer.from(`me:${PASSWORD}`).toString('base64').slice(0, -4),
  'hush',
];

let home: Home;
let server: TestServer | undefined;
let ran: Ran[];
/** Holds `sample`, and the same behind the token. */
let served: string;
beforeEach(async () => {
  ran = [];
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
  served = mkdtempSync(path.join(tmpdir(), 'tconda-served-'));
  mkdirSync(path.join(served, 't', TOKEN), { recursive: true });
  const channel = await sampleChannel();
  symlinkSync(channel, path.join(served, 'sample'));
  symlinkSync(channel, path.join(served, 't', TOKEN, 'sample'));
});
afterEach(async () => {
  await server?.close();
  home.remove();
  rmSync(served, { recursive: true });
});

async function serve(authorize: ServerOptions['authorize'] & object): Promise<TestServer> {
  server = await startServer(served, { authorize });
  return server;
}

/** Everything that a person or a program could find after the run: outputs, file names, contents. */
function findSecrets(except: readonly string[] = []): readonly string[] {
  const found: string[] = [];
  const search = (place: string, text: string): void => {
    for (const secret of SECRETS) if (text.includes(secret)) found.push(`${secret} in ${place}`);
  };
  for (const [index, { stdout, stderr }] of ran.entries()) search(`output ${index}`, stdout + stderr);
  for (const name of readdirSync(home.directory, { recursive: true, encoding: 'utf8' })) {
    search('a file name', name);
    const file = path.join(home.directory, name);
    const isOurs = !except.includes(name) && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    if (isOurs) search(name, readFileSync(file, 'latin1'));
  }
  return found;
}

async function tconda(...args: readonly string[]): Promise<Ran> {
  const result = await home.tconda(...args);
  ran.push(result);
  return result;
}

/** What somebody does with a private channel, well and badly. */
async function useChannel(channel: string, name: string): Promise<void> {
  const options = ['-O', '-c', channel];
  const created = await tconda('create', '-y', '-vv', '-n', name, ...options, 'activation');
  expect(created.stderr + created.stdout).toContain('activation');
  expect(created.code).toBe(0);
  await tconda('install', '-y', '--json', '-n', name, ...options, 'chooser');
  const asked: readonly (readonly string[])[] = [
    ['create', '-y', '--json', '-n', `${name}-bad`, ...options, 'no-such-package'],
    ['create', '-y', '-n', `${name}-bad`, ...options, 'no-such-package', '--debug'],
    ['search', ...options, 'chooser', '--info'],
    ['search', ...options, 'chooser', '--json'],
    ['list', '-n', name, '--json'],
    ['list', '-n', name, '--explicit'],
    ['list', '-n', name, '--revisions'],
    ['list', '-n', name, '--show-channel-urls'],
    ['env', 'export', '-n', name],
    ['env', 'export', '-n', name, '--json'],
    ['info', '--json', '-v'],
    ['config', '--show'],
    ['config', '--show-sources', '--json'],
    ['auth', 'status'],
    ['auth', 'status', '--json'],
    ['notices', ...options],
  ];
  await Promise.all(asked.map((args) => tconda(...args)));
  // And when the server does not let anybody in any more, or fails.
  rmSync(path.join(home.root, 'pkgs'), { recursive: true, force: true });
  server?.failAlways(/activation-1.0/, { kind: 'status', status: 403 });
  server?.failAlways(/repodata/, { kind: 'status', status: 401 });
  expect((await tconda('create', '-y', '-n', `${name}-2`, ...options, 'activation', '-vvv')).code).not.toBe(
    0,
  );
  await tconda('create', '-y', '--json', '-n', `${name}-2`, ...options, 'activation');
  server?.reset();
  server?.failAlways(/activation-1.0/, { kind: 'body', body: 'wrong' });
  expect((await tconda('create', '-y', '-n', `${name}-3`, ...options, 'activation', '-v')).code).not.toBe(0);
}

const basicHeader = `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`;

describe('no secret is left behind', () => {
  test('by a token in the URL of a channel', async () => {
    const { url, requests } = await serve(({ path: asked }) => asked.startsWith(`/t/${TOKEN}/`));
    await useChannel(`${url}/t/${TOKEN}/sample`, 'token');
    expect(findSecrets()).toEqual([]);
    expect(requests.length).toBeGreaterThan(0);
  }, 60_000);

  test('by user and password in the URL of a channel', async () => {
    const { url: open } = await serve(({ headers }) => headers.authorization === basicHeader);
    const url = open.replace('http://', `http://me:${encodeURIComponent(PASSWORD)}@`);
    await useChannel(`${url}/sample`, 'basic');
    expect(findSecrets()).toEqual([]);
  }, 60_000);

  test('by a stored bearer token', async () => {
    const { url } = await serve(({ headers }) => headers.authorization === `Bearer ${TOKEN}`);
    expect((await tconda('auth', 'login', url, '--token', TOKEN)).code).toBe(0);
    const file = '.config/tconda/credentials.json';
    expect(statSync(path.join(home.directory, file)).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(home.directory, '.config/tconda')).mode & 0o777).toBe(0o700);
    await useChannel(`${url}/sample`, 'bearer');
    expect(findSecrets([file])).toEqual([]);
    expect((await tconda('auth', 'logout', url)).code).toBe(0);
    expect(findSecrets()).toEqual([]);
  }, 60_000);

  test('by .netrc', async () => {
    writeFileSync(
      path.join(home.directory, '.netrc'),
      `machine 127.0.0.1 login me password "${PASSWORD}"\n`,
      { mode: 0o600 },
    );
    const { url } = await serve(({ headers }) => headers.authorization === basicHeader);
    await useChannel(`${url}/sample`, 'netrc');
    expect(findSecrets(['.netrc'])).toEqual([]);
  }, 60_000);

  test('by channels and mirrors in .condarc', async () => {
    const { url: open } = await serve(({ headers }) => headers.authorization === basicHeader);
    const url = open.replace('http://', `http://me:${encodeURIComponent(PASSWORD)}@`);
    const down = `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:9`;
    writeFileSync(
      path.join(home.directory, '.condarc'),
      `mirrored_channels:\n  private:\n    - ${down}/sample\n    - ${url}/sample\nproxy_servers:\n  ftp: ${url}\n`,
    );
    await useChannel('private', 'mirror');
    expect(findSecrets(['.condarc'])).toEqual([]);
  }, 60_000);
});

test('a slip of the hand shows no secret either', async () => {
  const url = `http://127.0.0.1:9/t/${TOKEN}/sample`;
  const basic = `http://me:${encodeURIComponent(PASSWORD)}@`;
  const slips: readonly (readonly string[])[] = [
    ['auth', 'login', 'host.example', `--tokn=${TOKEN}`],
    ['auth', 'login', `${basic}host.example`, '--token', TOKEN],
    ['config', '--set', 'proxy_servers.http', `${basic}proxy.example:1`],
    ['config', '--get', 'proxy_servers'],
    ['config', '--get', 'proxy_servers', '--json'],
    ['config', '--add', 'channels', url],
    ['config', '--add', 'channels', url],
    ['config', '--get', 'channels'],
    ['config', '--remove', 'channels', `${url}-other`],
    ['search', '-O', '-c', `${basic}[bad/sample`, 'x'],
    ['search', '-O', '-c', `ftp://me:${encodeURIComponent(PASSWORD)}@host/x`, 'x', '--debug'],
  ];
  // One after the other, as they change one file.
  // oxlint-disable-next-line no-await-in-loop
  for (const args of slips) await tconda(...args);
  expect(findSecrets(['.condarc'])).toEqual([]);
  expect(ran.map(({ stdout, stderr }) => stdout + stderr).filter((text) => /Unexpected/.test(text))).toEqual(
    [],
  );
});

test('where a server sends a request on to is nobody’s to know', async () => {
  const { url } = await serve(() => true);
  const elsewhere = await startServer(served);
  const signed = elsewhere.url.replace('http://', `http://me:${encodeURIComponent(PASSWORD)}@`);
  server?.fail(/noarch\/repodata_shards/, { kind: 'status', status: 404 });
  server?.fail(/noarch\/repodata.json.zst$/, {
    kind: 'redirect',
    to: `${signed}/sample/noarch/repodata.json.zst?X-Amz-Signature=${TOKEN}`,
  });
  server?.fail(/activation/, { kind: 'redirect', to: `${signed}/gone?X-Amz-Signature=${TOKEN}` });
  const failed = await tconda(
    'create',
    '-y',
    '-n',
    'x',
    '-O',
    '-c',
    `${url}/sample`,
    'activation',
    '--debug',
  );
  expect(failed.code).toBe(1);
  expect(
    (await tconda('create', '-y', '-n', 'x', '-O', '-c', `${url}/sample`, 'activation', '-vv')).code,
  ).toBe(0);
  expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toContain(basicHeader);
  await elsewhere.close();
  expect(findSecrets()).toEqual([]);
});
