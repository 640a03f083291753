import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createPackage, indexChannel } from '../../src/publish/index.ts';
import { loadPrefix } from '../../src/record/index.ts';
import { CLI, type Home, makeHome, SAMPLE } from '../helpers/cli.ts';
import { makeMachO, readSignature } from '../helpers/mach-o.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
const PLACEHOLDER = `/opt/${'placehold_'.repeat(30)}`.slice(0, 255);
let home: Home;
let channel: string;

/** A package of these files in the channel. */
async function publish(
  name: string,
  subdir: string,
  files: Readonly<Record<string, string | Buffer>>,
  more: { readonly version?: string; readonly noarch?: 'python'; readonly depends?: readonly string[] } = {},
): Promise<void> {
  const tree = path.join(home.directory, 'tree');
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(path.join(tree, file), content);
  }
  const { version = '1.0', noarch, depends = [] } = more;
  await createPackage({
    tree,
    placeholder: PLACEHOLDER,
    outputDirectory: path.join(channel, subdir),
    index: { name, version, build: '0', subdir, depends, license: 'MIT', ...(noarch && { noarch }) },
    ...(noarch && { entryPoints: ['tool = tool:main'] }),
  });
  rmSync(tree, { recursive: true });
}

beforeAll(async () => {
  home = makeHome('home', { CONDA_ADD_PIP_AS_PYTHON_DEPENDENCY: 'false' });
  channel = path.join(home.directory, 'channel');
  const body = Buffer.from(`${PLACEHOLDER}/share\0`);
  await publish('program', 'osx-arm64', { 'bin/program': makeMachO({ body }) });
  await publish('python', 'osx-arm64', { 'bin/python3.12': 'python' }, { version: '3.12.4' });
  await publish('python', 'win-64', { 'python.exe': 'python' }, { version: '3.12.4' });
  await publish('settings', 'win-64', { 'Library/etc/settings.ini': `home=${PLACEHOLDER}/Library\r\n` });
  await publish(
    'tool',
    'noarch',
    {
      'site-packages/tool.py': 'def main(): pass\n',
      'python-scripts/helper.py': `#!${PLACEHOLDER}/bin/python\n`,
    },
    { noarch: 'python', depends: ['python'] },
  );
  await indexChannel(channel);
});
afterAll(() => home.remove());

describe.runIf(isReady)('an environment for another system', () => {
  test('of macOS on arm64: scripts, commands and signed programs', async () => {
    const { code, stderr } = await home.tconda(
      ...['create', '-y', '-n', 'mac', '--platform', 'osx-arm64', '-O', '-c', channel, 'program', 'tool'],
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const prefix = home.prefix('mac');
    const script = readFileSync(path.join(prefix, 'bin/tool'), 'utf8');
    expect(script.split('\n', 1)).toEqual([`#!${prefix}/bin/python3.12`]);
    expect(lstatSync(path.join(prefix, 'bin/tool')).mode & 0o777).toBe(0o755);
    expect(existsSync(path.join(prefix, 'lib/python3.12/site-packages/tool.py'))).toBe(true);
    expect(existsSync(path.join(prefix, 'lib/python3.12/site-packages/__pycache__'))).toBe(false);
    const program = readFileSync(path.join(prefix, 'bin/program'));
    expect(program.includes(`${prefix}/share\0`)).toBe(true);
    expect(readSignature(program)).toMatchObject({ identifier: 'program', wrong: [] });
    await home.tconda('create', '-y', '-n', 'mac-too', '--clone', 'mac');
    const copied = readFileSync(path.join(home.prefix('mac-too'), 'bin/program'));
    expect(copied.includes(`${home.prefix('mac-too')}/share\0`)).toBe(true);
    expect(readSignature(copied)).toMatchObject({ identifier: 'program', wrong: [] });
  }, 60_000);

  test('of Windows: Scripts, Lib and forward slashes', async () => {
    const { code, stderr } = await home.tconda(
      ...['create', '-y', '-n', 'win', '--platform', 'win-64', '-O', '-c', channel, 'settings', 'tool'],
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const prefix = home.prefix('win');
    const read = (file: string): string => readFileSync(path.join(prefix, file), 'utf8');
    expect(read('Scripts/tool-script.py')).toMatch(/^# -\*- coding/);
    expect(read('Scripts/tool.bat')).toContain('"%~dp0..\\python.exe" "%~dp0tool-script.py"');
    expect(read('Lib/site-packages/tool.py')).toContain('def main');
    expect(existsSync(path.join(prefix, 'Scripts/helper.py'))).toBe(true);
    expect(read('Library/etc/settings.ini')).toBe(`home=${prefix}/Library\r\n`);
    const { records } = await loadPrefix(prefix);
    const tool = records.find(({ name }) => name === 'tool');
    expect(tool?.paths_data.paths.map(({ _path, path_type }) => `${path_type} ${_path}`).toSorted()).toEqual([
      'hardlink Lib/site-packages/tool.py',
      'hardlink Scripts/helper.py',
      'windows_python_entry_point_exe Scripts/tool.bat',
      'windows_python_entry_point_script Scripts/tool-script.py',
    ]);
    const copy = path.join(home.directory, 'with space');
    await home.tconda('create', '-y', '-p', copy, '--clone', 'win');
    expect(readFileSync(path.join(copy, 'Library/etc/settings.ini'), 'utf8')).toBe(
      `home=${copy}/Library\r\n`,
    );
    expect(readFileSync(path.join(copy, 'Scripts/helper.py'), 'utf8')).toBe(`#!${copy}/bin/python\n`);
    const removed = await home.tconda('remove', '-y', '-n', 'win', 'tool');
    expect(removed.code).toBe(0);
    expect(existsSync(path.join(prefix, 'Scripts'))).toBe(false);
  }, 60_000);
});
