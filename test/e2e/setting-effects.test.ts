import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createSilentServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, type Ran, run, SAMPLE } from '../helpers/cli.ts';
import { type EffectsHome, openEffectsHome } from '../helpers/effects-home.ts';
import { makePackage } from '../helpers/make-package.ts';
import { bzip2, rawTar } from '../helpers/raw-archive.ts';
import type { TestServer } from '../helpers/server.ts';
import {
  NOWHERE,
  type Scene,
  type Seen,
  type SettingEffect,
  settingEffects,
} from '../helpers/setting-effects/index.ts';
import { indexChannel } from '../../src/publish/index.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let effects: EffectsHome;
let server: TestServer;
const others: { close: () => unknown }[] = [];
let home: Home;
let scene: Scene = NOWHERE;
let runs = 0;

beforeAll(async () => {
  if (!isReady) return;
  effects = await openEffectsHome();
  ({ server, home } = effects);
  const { at, old } = effects;
  scene = {
    url: server.url,
    fail: (...args) => server.fail(...args),
    failAlways: (...args) => server.failAlways(...args),
    secure: hasOpenssl ? await startSecureServer(at('cert.pem'), at('key.pem')) : NOWHERE.secure,
    silent: await startSilentServer(),
    whole: SAMPLE,
    parent: path.dirname(SAMPLE),
    base: path.basename(SAMPLE),
    old,
    menus: at('menus'),
    elsewhere: otherDevice(home.directory),
    at,
    prefix: home.prefix,
  };
  await makeMenus(scene.menus);
  server.put(
    '/notices.json',
    JSON.stringify({
      notices: [
        {
          id: 'one',
          message: 'read me',
          level: 'info',
          created_at: '2020-01-01T00:00:00Z',
          expiry: 900_000_000,
        },
      ],
    }),
  );
  mkdirSync(at('binstar', 'data'), { recursive: true });
  writeFileSync(at('binstar', 'data', `${encodeURIComponent(server.url)}.token`), 'tk-1');
  await effects.fill();
  // Somebody else must be able to look for settings in it.
  for (const folder of [path.dirname(home.directory), home.directory]) chmodSync(folder, 0o755);
}, 120_000);
afterAll(async () => {
  if (!isReady) return;
  for (const other of others) other.close();
  if (scene.elsewhere !== undefined) rmSync(scene.elsewhere, { recursive: true, force: true });
  await effects.close();
});

/** A package with a menu entry, and two with a file that is not what they say. */
async function makeMenus(channel: string): Promise<void> {
  const noarch = path.join(channel, 'noarch');
  mkdirSync(noarch, { recursive: true });
  const command = { command: ['{{ BIN_DIR }}/spy'], platforms: { linux: {} } };
  const menu = { menu_name: 'Spy', menu_items: [{ name: 'Spy', description: 'Spies', ...command }] };
  await makePackage(noarch, 'spy', {
    files: { 'Menu/spy.json': JSON.stringify(menu) },
    index: { subdir: 'noarch' },
  });
  for (const [name, text] of [
    ['longer', 'four and more'],
    ['different', 'FOUR'],
  ] as const) {
    const sha256 = createHash('sha256').update('four').digest('hex');
    const listed = { _path: 'lib/a', path_type: 'hardlink', size_in_bytes: 4, sha256 };
    const index = { name, version: '1', build: '0', build_number: 0, depends: [], subdir: 'noarch' };
    const members = [
      { path: 'lib/a', content: text },
      { path: 'info/index.json', content: JSON.stringify(index) },
      { path: 'info/paths.json', content: JSON.stringify({ paths_version: 1, paths: [listed] }) },
    ];
    writeFileSync(path.join(noarch, `${name}-1-0.tar.bz2`), bzip2(rawTar(members)));
  }
  await indexChannel(channel);
}

/** A channel that answers those alone who show a certificate. */
async function startSecureServer(cert: string, key: string): Promise<Scene['secure']> {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
  const options = {
    cert: readFileSync(cert),
    key: readFileSync(key),
    requestCert: true,
    rejectUnauthorized: false,
  };
  const secure = createServer(options, (request, response) => {
    const shown = (request.socket as TLSSocket).getPeerCertificate();
    const file = path.join(SAMPLE, request.url ?? '');
    if (!('subject' in shown)) response.writeHead(403).end();
    else if (existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    secure.listen(0, '127.0.0.1', resolve);
  });
  others.push(secure);
  return { url: `https://127.0.0.1:${(secure.address() as AddressInfo).port}`, cert, key };
}

async function startSilentServer(): Promise<string> {
  const sockets = new Set<Socket>();
  const silent = createSilentServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  others.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    },
  });
  return `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
}

/** A folder on another device than one that is given; undefined where there is none. */
function otherDevice(folder: string): string | undefined {
  const { dev } = statSync(folder);
  const other = ['/dev/shm', tmpdir(), '/var/tmp'].find(
    (place) => existsSync(place) && statSync(place).dev !== dev,
  );
  return other && path.join(other, path.basename(path.dirname(folder)));
}

async function observe(effect: SettingEffect, rc: string): Promise<Seen> {
  const file = path.join(home.directory, 'given.yml');
  writeFileSync(file, rc);
  rmSync(home.prefix('made'), { recursive: true, force: true });
  server.reset();
  effect.before?.();
  const count = runs++;
  const cache = effect.isCold === true ? { CONDA_PKGS_DIRS: path.join(home.directory, `pkgs-${count}`) } : {};
  const env = { ...home.env, CONDARC: file, ...cache, ...effect.env };
  const begun = Date.now();
  const ask = (): Promise<Ran> =>
    runAs(
      effect.isNobody === true,
      [...effect.args, ...(effect.isAlone === true ? ['--rc-file', file] : [])],
      env,
    );
  const ran = await (effect.during === undefined ? ask() : effect.during(ask));
  const milliseconds = Date.now() - begun;
  const asked = server.requests.map((request) => request.path);
  return { ...ran, asked, milliseconds, disk: effect.look?.() ?? '' };
}

function runAs(isNobody: boolean, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  const identity = isNobody && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  return run(process.execPath, [CLI, ...args], env, home.directory, identity);
}

const rows = settingEffects(NOWHERE).map(({ key, isTimed = false }, row) => ({ key, row, isTimed }));

describe.runIf(isReady).each([
  { kind: 'what is seen', isTimed: false, retry: 1 },
  { kind: 'how long it takes', isTimed: true, retry: 3 },
])('with the setting and without: $kind', ({ isTimed, retry }) => {
  const ofKind = rows.filter((one) => one.isTimed === isTimed);
  test.for(ofKind)('$key', { timeout: 60_000, retry }, async ({ row }, { skip }) => {
    const effect = settingEffects(scene)[row];
    if (effect === undefined) throw new Error('there is no such row');
    if (effect.isPossible === false) skip();
    const without = await observe(effect, effect.without ?? '');
    const given = await observe(effect, effect.rc);
    expect({ without, shows: effect.shows(without) }).toEqual({ without, shows: false });
    expect({ given, shows: effect.shows(given) }).toEqual({ given, shows: true });
  });
});
