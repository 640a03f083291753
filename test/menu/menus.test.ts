import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { mayHaveMenus, removeMenus, updateMenus, type UpdateMenusOptions } from '../../src/menu/index.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import { makeRecord } from '../helpers/extracted-package.ts';
import { readShellLink } from '../helpers/shell-link.ts';

let root: string;
let events: ProgressEvent[];
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'menus-'));
  events = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const prefix = (): string => path.join(root, 'env');
const home = (): string => path.join(root, 'home');

function options(more: Partial<UpdateMenusOptions> = {}): UpdateMenusOptions {
  return {
    rootPrefix: path.join(root, 'base'),
    linked: new Set(),
    home: home(),
    env: {},
    subdir: 'linux-64',
    shortcuts: true,
    shortcutsOnly: [],
    report: (event) => events.push(event),
    ...more,
  };
}

const MENU = {
  menu_name: 'Spy {{ ENV_NAME }}',
  menu_items: [
    {
      name: 'Spy (look)',
      description: 'Looks\nat things',
      command: ['{{ BIN_DIR }}/spy', '--what is it?', '%f'],
      icon: '{{ MENU_DIR }}/spy.{{ ICON_EXT }}',
      terminal: true,
      platforms: {
        linux: { Categories: ['Development', 'Science'], StartupNotify: true, description: null },
        osx: { CFBundleIdentifier: 'org.example.spy' },
        win: { desktop: false },
      },
    },
    { name: 'Windows alone', command: ['x'], platforms: { win: {} } },
  ],
};

const ITEM = { name: 'item', command: ['x'], platforms: { linux: {} } };

/** A package whose menu file lies in the environment. */
function install(text: string, menu: unknown = MENU): PrefixRecord {
  const record = makeRecord(text);
  const file = `Menu/${record.name}.json`;
  mkdirSync(path.join(prefix(), 'Menu'), { recursive: true });
  mkdirSync(path.join(prefix(), 'conda-meta'), { recursive: true });
  writeFileSync(path.join(prefix(), file), typeof menu === 'string' ? menu : JSON.stringify(menu));
  return {
    ...record,
    files: [file],
    paths_data: { paths_version: 1, paths: [] },
    requested_specs: [],
  };
}

function update(records: readonly PrefixRecord[], more: Partial<UpdateMenusOptions> = {}): void {
  const linked = new Set(records.map(({ name }) => name));
  const installed = { prefix: prefix(), exists: true, records, history: new Map(), pinned: [] };
  updateMenus(installed, options({ linked, ...more }));
}

const DESKTOP = '.local/share/applications/spy-env_spy-look.desktop';

describe('on Linux', () => {
  test('a desktop entry is made, and goes with its package', () => {
    const record = install('spy 1');
    update([record]);
    const text = readFileSync(path.join(home(), DESKTOP), 'utf8');
    expect(text.replaceAll(root, '/ROOT')).toBe(
      [
        '[Desktop Entry]',
        'Type=Application',
        'Encoding=UTF-8',
        'Name=Spy (look)',
        String.raw`Exec=bash -c ". /ROOT/env/bin/activate && exec \\"\\$@\\"" bash /ROOT/env/bin/spy "--what is it?" %f`,
        'Terminal=true',
        'Icon=/ROOT/env/Menu/spy.png',
        String.raw`Comment=Looks\nat things`,
        'Categories=Development;Science;',
        'StartupNotify=true',
        '',
      ].join('\n'),
    );
    expect(mayHaveMenus(prefix())).toBe(true);
    update([record]);
    expect(existsSync(path.join(home(), DESKTOP))).toBe(true);
    update([]);
    expect(existsSync(path.join(home(), DESKTOP))).toBe(false);
    expect(existsSync(path.join(prefix(), 'conda-meta/.tconda-menus'))).toBe(false);
    expect(events).toEqual([]);
  });

  test('they go with the environment, and XDG_DATA_HOME is honoured', () => {
    const data = path.join(root, 'data');
    update([install('spy 1')], { env: { XDG_DATA_HOME: data } });
    const file = path.join(data, 'applications/spy-env_spy-look.desktop');
    expect(existsSync(file)).toBe(true);
    removeMenus(prefix(), options({ env: { XDG_DATA_HOME: data } }));
    expect(existsSync(file)).toBe(false);
  });

  test('shortcuts: false makes none, shortcuts_only some', () => {
    const record = install('spy 1');
    update([record], { shortcuts: false });
    update([record], { shortcutsOnly: ['other'] });
    expect(existsSync(path.join(home(), DESKTOP))).toBe(false);
    update([record], { shortcutsOnly: ['spy'] });
    expect(existsSync(path.join(home(), DESKTOP))).toBe(true);
    update([], { shortcuts: false });
    expect(existsSync(path.join(home(), DESKTOP))).toBe(false);
  });

  test('a package that was there before gets none; one that is linked again has them made anew', () => {
    const [spy, eye] = [install('spy 1'), install('eye 1', { menu_name: 'eye', menu_items: [ITEM] })];
    const entry = path.join(home(), '.local/share/applications/eye_item.desktop');
    update([spy, eye], { linked: new Set(['spy']) });
    expect([existsSync(path.join(home(), DESKTOP)), existsSync(entry)]).toEqual([true, false]);
    install('spy 1', { menu_name: 'spy', menu_items: [ITEM] });
    const names = new Set(['spy', 'eye']);
    update([spy, eye], { linked: new Set(), relinked: names, shortcuts: false });
    expect(existsSync(path.join(home(), DESKTOP))).toBe(true);
    update([spy, eye], { linked: new Set(), relinked: names });
    expect([existsSync(path.join(home(), DESKTOP)), existsSync(entry)]).toEqual([false, false]);
    expect(existsSync(path.join(home(), '.local/share/applications/spy_item.desktop'))).toBe(true);
    update([spy, eye], { linked: new Set(['eye']) });
    expect(existsSync(entry)).toBe(true);
    install('eye 1', { menu_name: 'eye', menu_items: [] });
    update([spy, eye], { linked: new Set(['eye']) });
    expect(existsSync(entry)).toBe(false);
  });

  test.each([
    ['base', (): string => prefix()],
    ['other', (): string => path.join(root, 'base')],
  ])('an item may have another name in the base environment: here it is the %s', (name, rootPrefix) => {
    const names = { target_environment_is_base: 'base', target_environment_is_not_base: 'other' };
    const record = install('spy 1', { menu_name: 'spy', menu_items: [{ ...ITEM, name: names }] });
    update([record], { rootPrefix: rootPrefix() });
    expect(existsSync(path.join(home(), `.local/share/applications/spy_${name}.desktop`))).toBe(true);
  });

  test('what can not be read is a warning, and stops nothing', () => {
    update([
      install('bad 1', '{'),
      install('worse 1', { menu_name: 'x', menu_items: [{ platforms: { linux: {} } }] }),
      install('spy 1'),
    ]);
    expect(events).toMatchObject([
      { kind: 'warning', code: 'NO_SHORTCUT' },
      { kind: 'warning', code: 'NO_SHORTCUT' },
    ]);
    expect(existsSync(path.join(home(), DESKTOP))).toBe(true);
  });

  test('the list of an environment removes no other files', () => {
    mkdirSync(path.join(prefix(), 'conda-meta'), { recursive: true });
    mkdirSync(path.join(home(), '.local/share/applications'), { recursive: true });
    const files = [
      '.bashrc',
      '.local/share/applications/../../x.desktop',
      '.local/share/applications/notes.txt',
    ];
    for (const file of files) writeFileSync(path.join(home(), file), 'mine');
    writeFileSync(
      path.join(prefix(), 'conda-meta/.tconda-menus'),
      JSON.stringify({ 'gone-1-0': files.map((file) => `${home()}/${file}`) }),
    );
    update([]);
    for (const file of files) expect(existsSync(path.join(home(), file))).toBe(true);
  });
});

test('on macOS an application is a bundle with a script', () => {
  const record = install('spy 1');
  update([record], { subdir: 'osx-arm64' });
  const bundle = path.join(home(), 'Applications/Spy (look).app/Contents');
  expect(readFileSync(path.join(bundle, 'Info.plist'), 'utf8')).toContain('<string>org.example.spy</string>');
  const script = path.join(bundle, 'MacOS/spy-look');
  expect(readFileSync(script, 'utf8')).toMatch(/^#!\/bin\/bash\n\. .*\/env\/bin\/activate && /);
  expect(statSync(script).mode & 0o777).toBe(0o755);
  update([], { subdir: 'osx-arm64' });
  expect(existsSync(path.join(home(), 'Applications/Spy (look).app'))).toBe(false);
});

describe('on Windows', () => {
  const windows = { subdir: 'win-64' };
  const programs = (): string =>
    path.join(home(), 'AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Spy env');
  const backslashed = (text: string): string => text.replaceAll('/', '\\');

  test('shortcuts are made in the Start Menu and on the desktop, and go with their package', () => {
    update([install('spy 1')], windows);
    expect(readdirSync(programs())).toEqual(['Spy (look).lnk', 'Windows alone.lnk']);
    expect(readdirSync(path.join(home(), 'Desktop'))).toEqual(['Windows alone.lnk']);
    expect(events).toEqual([]);
    update([], windows);
    expect(existsSync(programs())).toBe(false);
    expect(readdirSync(path.join(home(), 'Desktop'))).toEqual([]);
  });

  test('one that enters its environment does so by itself', () => {
    update([install('spy 1')], windows);
    const link = readShellLink(readFileSync(path.join(programs(), 'Spy (look).lnk')));
    const at = backslashed(prefix());
    const [description, directory, text, icon] = link.texts;
    expect([description, directory, icon]).toEqual([
      'Looks\nat things',
      '%USERPROFILE%',
      `${at}\\Menu\\spy.ico`,
    ]);
    expect(link.expandable).toBe('%SystemRoot%\\System32\\cmd.exe');
    expect(link.localPath).toBeUndefined();
    expect(link.showCommand).toBe(1);
    expect(text).toMatch(/^\/D \/S \/K "set "PATH=/);
    expect(text).toContain(`set "CONDA_PREFIX=${at}"&for %i in ("${at}\\etc\\conda\\activate.d\\*.bat")`);
    expect(text).toContain(`&${at}\\Library\\bin\\spy "--what is it?" %f"`);
  });

  test('one that does not starts its program', () => {
    const item = {
      name: 'A: "b"',
      command: ['{{ PREFIX }}/Scripts/spy.exe', 'a b', 'say "hi"', 'end\\', 'ü'],
      activate: false,
      working_dir: '{{ PREFIX }}',
      platforms: { win: { desktop: false } },
    };
    update([install('spy 1', { menu_name: 'Ünï <code>', menu_items: [item] })], windows);
    const folder = path.join(path.dirname(programs()), 'Ünï -code-');
    const link = readShellLink(readFileSync(path.join(folder, 'A- -b-.lnk')));
    const at = backslashed(prefix());
    expect(link).toEqual({
      flags: 0x2 | 0x4 | 0x10 | 0x20 | 0x80 | 0x200,
      showCommand: 1,
      localPath: `${at}\\Scripts\\spy.exe`,
      texts: ['A: "b"', at, String.raw`"a b" "say \"hi\"" end\ ü`],
      expandable: `${at}\\Scripts\\spy.exe`,
    });
  });
});
