import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome } from '../../helpers/cli.ts';

const isReady = existsSync(CLI);
let home: Home;
const at = (name: string): string => path.join(home.directory, name);

beforeAll(() => {
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
});
afterAll(() => home.remove());

/** The file after `config --file FILE ...args`. */
async function edited(text: string, ...args: readonly string[]): Promise<string> {
  writeFileSync(at('rc.yml'), text);
  const { code, stderr } = await home.tconda('config', '--file', at('rc.yml'), ...args);
  if (code !== 0) throw new Error(stderr);
  return readFileSync(at('rc.yml'), 'utf8');
}

describe.runIf(isReady)('config changes texts', () => {
  test.each([
    ['--set', ['--set', 'offline', 'true'], 'quiet: true # mine\n', 'quiet: true # mine\noffline: true\n'],
    [
      '--set of a map',
      ['--set', 'proxy_servers.http', 'http://x:1'],
      '',
      'proxy_servers:\n  http: http://x:1\n',
    ],
    [
      '--append',
      ['--append', 'channels', 'b'],
      'channels:\n  # first\n  - a\n',
      'channels:\n  # first\n  - a\n  - b\n',
    ],
    [
      '--prepend',
      ['--prepend', 'channels', 'b'],
      'channels:\n  - a # mine\n',
      'channels:\n  - b\n  - a # mine\n',
    ],
    ['--add', ['--add', 'channels', 'b'], 'channels:\n  - a\n', 'channels:\n  - b\n  - a\n'],
    [
      '--remove',
      ['--remove', 'channels', 'a'],
      'channels:\n  - a\n  - b # stays\n',
      'channels:\n  - b # stays\n',
    ],
    [
      '--remove-key',
      ['--remove-key', 'quiet'],
      '# top\nquiet: true\noffline: true\n',
      '# top\noffline: true\n',
    ],
    ['--clear', ['--clear', 'channels'], 'channels:\n  - a\n', 'channels: []\n'],
    ['a flow list', ['--append', 'channels', 'c'], 'channels: [a, b] # two\n', 'channels: [a, b, c] # two\n'],
    ['no line break at the end', ['--set', 'quiet', 'true'], 'offline: true', 'offline: true\nquiet: true\n'],
    ['keys of others', ['--set', 'quiet', 'true'], 'of_mamba: {a: 1}\n', 'of_mamba: {a: 1}\nquiet: true\n'],
    [
      'flags in comments',
      ['--append', 'channels', 'b'],
      'channels: #!final\n  - a #!top\n',
      'channels: #!final\n  - a #!top\n  - b\n',
    ],
  ])('%s', async (_, args, before, after) => {
    expect(await edited(before, ...args)).toBe(after);
  });

  test('line ends of Windows stay', async () => {
    const text = await edited('# mine\r\nquiet: true\r\n', '--set', 'offline', 'true');
    expect(text.replaceAll('\r\n', '\n')).toBe('# mine\nquiet: true\noffline: true\n');
    expect(text.split('\n').filter((line) => line !== '' && !line.endsWith('\r'))).toEqual([]);
  });

  test('an anchor stays one', async () => {
    const text = await edited('channels: &mine\n  - a\ndefault_channels: *mine\n', '--set', 'quiet', 'true');
    expect(text).toBe('channels: &mine\n  - a\ndefault_channels: *mine\nquiet: true\n');
  });

  test.each<[string, string | Buffer]>([
    ['a key that stands twice', 'quiet: true\nquiet: false\n'],
    ['tabs', 'channels:\n\t- a\n'],
    ['no YAML', 'channels: [\n'],
    ['several documents', 'quiet: true\n---\nquiet: false\n'],
    ['another encoding', Buffer.from('# caf\xe9\nquiet: true\n', 'latin1')],
  ])('a file with %s is left as it is', async (_, text) => {
    writeFileSync(at('bad.yml'), text);
    const { code, stderr } = await home.tconda('config', '--file', at('bad.yml'), '--set', 'offline', 'true');
    expect(code).toBe(1);
    expect(stderr).toContain('bad.yml');
    expect(readFileSync(at('bad.yml'))).toEqual(Buffer.from(text));
  });

  test('--stdin merges what it reads', () => {
    writeFileSync(at('in.yml'), 'quiet: true\n');
    const args = [CLI, 'config', '--file', at('in.yml'), '--stdin'];
    const { status } = spawnSync(process.execPath, args, { env: home.env, input: 'offline: true\n' });
    expect({ status, text: readFileSync(at('in.yml'), 'utf8') }).toEqual({
      status: 0,
      text: 'quiet: true\noffline: true\n',
    });
  });

  test('--stdin takes nothing that no setting is, and keeps texts that look like numbers', () => {
    const file = at('typed.yml');
    const feed = (input: string): { readonly status: number | null; readonly stderr: string } =>
      spawnSync(process.execPath, [CLI, 'config', '--file', file, '--stdin'], {
        env: home.env,
        input,
        encoding: 'utf8',
      });
    expect(feed('default_python: 3.10\nchannels: [a]\n').status).toBe(0);
    const text = 'default_python: "3.10"\nchannels:\n  - a\n';
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(feed('channels: a\n').stderr).toContain('channels in stdin (line 1) must be a list');
    expect(feed('no_such: a\n').stderr).toContain("'no_such': unknown parameter");
    expect(feed('[').stderr).toContain('stdin is no YAML');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('what several do at once is all done', async () => {
    const file = at('shared.yml');
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(
      names.map((name) => home.tconda('config', '--file', file, '--append', 'channels', name)),
    );
    const items = readFileSync(file, 'utf8').split('\n').slice(1, -1);
    expect(items.toSorted()).toEqual(names.map((name) => `  - ${name}`));
  });

  test.each(['quiet: maybe\n', 'json: maybe\n', 'root_prefix: [a]\n'])(
    'a setting that stops everything can be mended: %j',
    async (text) => {
      writeFileSync(at('.condarc'), text);
      const key = text.slice(0, text.indexOf(':'));
      expect(await home.tconda('config', '--remove-key', key)).toMatchObject({ code: 0 });
      expect(readFileSync(at('.condarc'), 'utf8')).toBe('');
    },
  );
});
