import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome } from '../helpers/cli.ts';
import { hasOciRegistry, startOciRegistry } from '../helpers/oci-registry.ts';
import { sampleChannel } from '../helpers/sample-channel.ts';
import { startServer } from '../helpers/server.ts';

let home: Home;
let work: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
  work = mkdtempSync(path.join(tmpdir(), 'tconda-channels-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(stop));
  home.remove();
  rmSync(work, { recursive: true });
});

function stop(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null) return Promise.resolve();
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  return ended;
}

/** Runs `tconda serve ...args` and gives its URL once it listens. */
function serve(...args: readonly string[]): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0', ...args], {
    env: home.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      const url = /at (http:\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve({ url, child });
    });
  });
}

async function create(name: string, channel: string): Promise<string> {
  const { code, stdout, stderr } = await home.tconda(
    'create',
    '-y',
    '-n',
    name,
    '-O',
    '-c',
    channel,
    'activation',
  );
  expect([code, code === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  expect(existsSync(path.join(home.prefix(name), 'conda-meta/activation-1.0-0.json'))).toBe(true);
  return stdout;
}

/** Where the record of the installed package says that it came from. */
function urlOf(name: string): string {
  const file = path.join(home.prefix(name), 'conda-meta/activation-1.0-0.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { url: string }).url;
}

function forget(): void {
  rmSync(path.join(home.root, 'pkgs'), { recursive: true, force: true });
}

describe('channels as they come', () => {
  test('served from a folder, and from copies when that is gone', async () => {
    const origin = await serve(await sampleChannel());
    await create('direct', origin.url);
    const proxy = await serve(path.join(work, 'copies'), '--proxy', origin.url, '--ttl', '0');
    forget();
    await create('through', proxy.url);
    await stop(origin.child);
    forget();
    await create('copies', proxy.url);
    expect(urlOf('copies')).toBe(`${proxy.url}/noarch/activation-1.0-0.conda`);
    expect(existsSync(path.join(work, 'copies/noarch/activation-1.0-0.conda'))).toBe(true);
  }, 60_000);

  test.runIf(hasOciRegistry)(
    'out of an OCI registry',
    async () => {
      const channel = await sampleChannel();
      const registry = await startOciRegistry();
      try {
        const index = readFileSync(path.join(channel, 'noarch/repodata.json.zst'));
        await registry.push('sample/noarch/repodata.json', 'latest', [
          { mediaType: 'application/vnd.conda.repodata.v1+json+zst', content: index },
        ]);
        const archive = readFileSync(path.join(channel, 'noarch/activation-1.0-0.conda'));
        await registry.push('sample/noarch/activation', '1.0-0', [
          { mediaType: 'application/vnd.conda.package.v2', content: archive },
        ]);
        const url = `oci://${registry.host}/sample`;
        await create('oci', url);
        expect(urlOf('oci')).toBe(`${url}/noarch/activation-1.0-0.conda`);
      } finally {
        await registry.stop();
      }
    },
    60_000,
  );

  test('out of a bucket', async () => {
    symlinkSync(await sampleChannel(), path.join(work, 'bucket'));
    const server = await startServer(work);
    home.remove();
    home = makeHome('home', {
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'sesame',
    });
    mkdirSync(home.directory, { recursive: true });
    try {
      await create('bucket', 's3://bucket');
      expect(urlOf('bucket')).toBe('s3://bucket/noarch/activation-1.0-0.conda');
      const unsigned = server.requests.filter(({ headers }) => headers.authorization === undefined);
      expect(unsigned).toEqual([]);
    } finally {
      await server.close();
    }
  }, 60_000);

  test('with notices, which are shown once a day', async () => {
    const server = await startServer(await sampleChannel());
    try {
      const notices = [
        { id: 'moved', message: 'We move', level: 'warning', expires_at: '2099-01-01T00:00:00Z' },
      ];
      server.put('/notices.json', JSON.stringify({ notices }));
      expect(await create('one', server.url)).toContain('[warning] -- \n  We move');
      expect(await create('two', server.url)).not.toContain('We move');
      expect(server.paths().filter((at) => at === '/notices.json')).toHaveLength(1);
      const again = await home.tconda('notices', '-O', '-c', server.url);
      expect(again.stdout).toContain('We move');
      const { stdout } = await home.tconda('notices', '-O', '-c', server.url, '--json');
      expect(JSON.parse(stdout)).toMatchObject([{ id: 'moved', level: 'warning' }]);
    } finally {
      await server.close();
    }
  }, 60_000);
});
