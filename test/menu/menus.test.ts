import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { mayHaveMenus, removeMenus } from '../../src/menu/index.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import { menuWorld } from '../helpers/menus.ts';
import { readShellLink } from '../helpers/shell-link.ts';

const { root, home, prefix, events, install: installMenu, options, update } = menuWorld();
const install = (text: string, menu: unknown = MENU): PrefixRecord => installMenu(text, menu);

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

const DESKTOP = '.local/share/applications/spy-env_spy-look.desktop';

describe('on Linux', () => {
  test('a desktop entry is made, and goes with its package', async () => {
    const record = install('spy 1');
    await update([record]);
    const text = readFileSync(path.join(home(), DESKTOP), 'utf8');
    expect(text.replaceAll(root(), '/ROOT')).toBe(
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
    await update([record]);
    expect(existsSync(path.join(home(), DESKTOP))).toBe(true);
    await update([]);
    expect(existsSync(path.join(home(), DESKTOP))).toBe(false);
    expect(existsSync(path.join(prefix(), 'conda-meta/.tconda-menus'))).toBe(false);
    expect(events()).toEqual([]);
  });

  test('they go with the environment, and XDG_DATA_HOME is honoured', async () => {
    const data = path.join(root(), 'data');
    await update([install('spy 1')], { env: { XDG_DATA_HOME: data } });
    const file = path.join(data, 'applications/spy-env_spy-look.desktop');
    expect(existsSync(file)).toBe(true);
    await removeMenus(prefix(), options({ env: { XDG_DATA_HOME: data } }));
    expect(existsSync(file)).toBe(false);
  });

  test('shortcuts: false makes none, shortcuts_only some', async () => {
    const record = install('spy 1');
    await update([record], { shortcuts: false });
    await update([record], { shortcutsOnly: ['other'] });
    expect(existsSync(path.join(home(), DESKTOP))).toBe(false);
    await update([record], { shortcutsOnly: ['spy'] });
    expect(existsSync(path.join(home(), DESKTOP))).toBe(true);
    await update([], { shortcuts: false });
    expect(existsSync(path.join(home(), DESKTOP))).toBe(false);
  });

  test('a package that was there before gets none; one that is linked again has them made anew', async () => {
    const [spy, eye] = [install('spy 1'), install('eye 1', { menu_name: 'eye', menu_items: [ITEM] })];
    const entry = path.join(home(), '.local/share/applications/eye_item.desktop');
    await update([spy, eye], { linked: new Set(['spy']) });
    expect([existsSync(path.join(home(), DESKTOP)), existsSync(entry)]).toEqual([true, false]);
    install('spy 1', { menu_name: 'spy', menu_items: [ITEM] });
    const names = new Set(['spy', 'eye']);
    await update([spy, eye], { linked: new Set(), relinked: names, shortcuts: false });
    expect(existsSync(path.join(home(), DESKTOP))).toBe(true);
    await update([spy, eye], { linked: new Set(), relinked: names });
    expect([existsSync(path.join(home(), DESKTOP)), existsSync(entry)]).toEqual([false, false]);
    expect(existsSync(path.join(home(), '.local/share/applications/spy_item.desktop'))).toBe(true);
    await update([spy, eye], { linked: new Set(['eye']) });
    expect(existsSync(entry)).toBe(true);
    install('eye 1', { menu_name: 'eye', menu_items: [] });
    await update([spy, eye], { linked: new Set(['eye']) });
    expect(existsSync(entry)).toBe(false);
  });

  test.each([
    ['base', (): string => prefix()],
    ['other', (): string => path.join(root(), 'base')],
  ])('an item may have another name in the base environment: here it is the %s', async (name, rootPrefix) => {
    const names = { target_environment_is_base: 'base', target_environment_is_not_base: 'other' };
    const record = install('spy 1', { menu_name: 'spy', menu_items: [{ ...ITEM, name: names }] });
    await update([record], { rootPrefix: rootPrefix() });
    expect(existsSync(path.join(home(), `.local/share/applications/spy_${name}.desktop`))).toBe(true);
  });

  test('what can not be read is a warning, and stops nothing', async () => {
    await update([
      install('bad 1', '{'),
      install('worse 1', { menu_name: 'x', menu_items: [{ platforms: { linux: {} } }] }),
      install('spy 1'),
    ]);
    expect(events()).toMatchObject([
      { kind: 'warning', code: 'NO_SHORTCUT' },
      { kind: 'warning', code: 'NO_SHORTCUT' },
    ]);
    expect(existsSync(path.join(home(), DESKTOP))).toBe(true);
  });

  test('the list of an environment removes no other files', async () => {
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
    await update([]);
    for (const file of files) expect(existsSync(path.join(home(), file))).toBe(true);
  });
});

test('on macOS an application is a bundle with a script', async () => {
  const record = install('spy 1');
  await update([record], { subdir: 'osx-arm64' });
  const bundle = path.join(home(), 'Applications/Spy (look).app/Contents');
  expect(readFileSync(path.join(bundle, 'Info.plist'), 'utf8')).toContain('<string>org.example.spy</string>');
  const script = path.join(bundle, 'MacOS/spy-look');
  expect(readFileSync(script, 'utf8')).toMatch(
    /^#!\/bin\/bash\nosascript -e 'tell application "Terminal" to do script "\. .*\/env\/bin\/activate && /,
  );
  expect(statSync(script).mode & 0o777).toBe(0o755);
  await update([], { subdir: 'osx-arm64' });
  expect(existsSync(path.join(home(), 'Applications/Spy (look).app'))).toBe(false);
});

describe('on Windows', () => {
  const windows = { subdir: 'win-64' };
  const programs = (): string =>
    path.join(home(), 'AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Spy env');
  const backslashed = (text: string): string => text.replaceAll('/', '\\');

  test('shortcuts are made in the Start Menu and on the desktop, and go with their package', async () => {
    await update([install('spy 1')], windows);
    expect(readdirSync(programs())).toEqual(['Spy (look).lnk', 'Windows alone.lnk']);
    expect(readdirSync(path.join(home(), 'Desktop'))).toEqual(['Windows alone.lnk']);
    expect(events()).toEqual([]);
    await update([], windows);
    expect(existsSync(programs())).toBe(false);
    expect(readdirSync(path.join(home(), 'Desktop'))).toEqual([]);
  });

  test('one that enters its environment does so by itself', async () => {
    await update([install('spy 1')], windows);
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

  test('one that does not starts its program', async () => {
    const item = {
      name: 'A: "b"',
      command: ['{{ PREFIX }}/Scripts/spy.exe', 'a b', 'say "hi"', 'end\\', 'ü'],
      activate: false,
      working_dir: '{{ PREFIX }}',
      platforms: { win: { desktop: false } },
    };
    await update([install('spy 1', { menu_name: 'Ünï <code>', menu_items: [item] })], windows);
    const folder = path.join(path.dirname(programs()), 'Ünï -code-');
    const link = readShellLink(readFileSync(path.join(folder, 'A- -b-.lnk')));
    const at = backslashed(prefix());
    expect(link).toEqual({
      flags: 0x2 | 0x4 | 0x10 | 0x20 | 0x80 | 0x200,
      showCommand: 1,
      localPath: `${at}\\Scripts\\spy.exe`,
      texts: ['A: "b"', at, String.raw`"a b" "say \"hi\"" end\ ü`],
      expandable: `${at}\\Scripts\\spy.exe`,
      appId: 'Menuinst.a-b',
    });
  });
});
