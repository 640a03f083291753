import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { menuWorld } from '../helpers/menus.ts';
import { readShellLink } from '../helpers/shell-link.ts';
import { readTree } from '../helpers/extracted-package.ts';

const { root, home, prefix, events, install, update } = menuWorld();

function menuOf(item: object, platforms: object, name = 'Tool {{ ENV_NAME }}'): unknown {
  return {
    menu_name: 'Tools',
    menu_items: [{ name, command: ['tool'], activate: false, ...item, platforms }],
  };
}

const filesOf = (directory: string): readonly string[] =>
  Object.entries(readTree(directory)).flatMap(([file, content]) => (content === '/' ? [] : [file]));

const read = (file: string): string => readFileSync(path.join(home(), file), 'utf8');

describe('on Linux', () => {
  test('an item has a submenu, and the types of files that it brings', async () => {
    const linux = {
      MimeType: ['text/x-tool', 'x-scheme-handler/tool'],
      Keywords: 'one;two;',
      Categories: ['a;b'],
      glob_patterns: { 'text/x-tool': '*.tool', 'no type': '*.x' },
      SingleMainWindow: true,
      GenericName: 'A <tool> & more',
    };
    const tool = install('tool 1', menuOf({ description: 'Files & "tools"' }, { linux }));
    await update([tool]);
    const entry = read('.local/share/applications/tools_tool-env.desktop');
    expect(entry).toContain('\nMimeType=text/x-tool;x-scheme-handler/tool;\n');
    expect(entry).toContain('\nKeywords=one;two;\n');
    expect(entry).toContain('\nCategories=a\\;b;\n');
    expect(entry).toContain('\nSingleMainWindow=true\n');
    expect(entry).toContain('\nGenericName=A <tool> & more\n');
    expect(entry).not.toContain('glob_patterns');
    expect(read('.local/share/mime/packages/tools_tool-env.xml')).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="text/x-tool">
    <comment>Files &amp; &quot;tools&quot;</comment>
    <glob pattern="*.tool"/>
  </mime-type>
</mime-info>
`,
    );
    expect(read('.local/share/desktop-directories/tools_tool-env.directory')).toBe(
      '[Desktop Entry]\nType=Directory\nEncoding=UTF-8\nName=Tools\n',
    );
    const submenu = read('.config/menus/applications-merged/tools_tool-env.menu');
    expect(submenu).toContain('<Directory>tools_tool-env.directory</Directory>');
    expect(submenu).toContain('<Filename>tools_tool-env.desktop</Filename>');
    await update([]);
    expect(filesOf(home())).toEqual([]);
    expect(events()).toEqual([]);
  });

  test('the system is told with its own programs', async () => {
    const bin = path.join(root(), 'bin');
    mkdirSync(bin);
    for (const name of ['update-desktop-database', 'update-mime-database']) {
      writeFileSync(path.join(bin, name), `#!/bin/sh\necho "${name} $1" >> ${root()}/log\n`);
      chmodSync(path.join(bin, name), 0o755);
    }
    const env = { PATH: `${bin}:/usr/bin:/bin`, XDG_DATA_HOME: path.join(root(), 'data') };
    const linux = { MimeType: ['text/x-tool'], glob_patterns: { 'text/x-tool': '*.tool' } };
    await update([install('tool 1', menuOf({}, { linux }))], { env });
    const told = `update-mime-database ${root()}/data/mime\nupdate-desktop-database ${root()}/data/applications\n`;
    expect(readFileSync(path.join(root(), 'log'), 'utf8')).toBe(told);
    await update([], { env });
    expect(readFileSync(path.join(root(), 'log'), 'utf8')).toBe(told + told);
    writeFileSync(path.join(bin, 'update-desktop-database'), '#!/bin/sh\necho broken\nexit 3\n');
    await update([install('tool 1', menuOf({}, { linux: {} }))], { env });
    expect(events()).toEqual([
      { kind: 'warning', code: 'NO_SHORTCUT', text: 'update-desktop-database ended with 3: broken' },
    ]);
  });

  test.runIf(existsSync('/usr/bin/update-mime-database'))(
    'the types are read by who cares for them',
    async () => {
      const linux = { glob_patterns: { 'text/x-tool': '*.tool' } };
      const tool = install('tool 1', menuOf({ description: 'A <file>' }, { linux }));
      const env = { PATH: '/usr/bin' };
      await update([tool], { env });
      expect(events()).toEqual([]);
      expect(read('.local/share/mime/globs2')).toContain('50:text/x-tool:*.tool\n');
      await update([], { env });
      expect(read('.local/share/mime/globs2')).not.toContain('tool');
    },
  );

  test('a name without ASCII, a percent sign in a path and the place of the item itself', async () => {
    const item = { command: ['{{ PREFIX }}/50%/x', '100%%', '{{ MENU_ITEM_LOCATION }}'] };
    await update([install('tool 1', menuOf(item, { linux: {} }, '道具'), '50%env')], {}, '50%env');
    const [name = ''] = readdirSync(path.join(home(), '.local/share/applications'));
    expect(name).toMatch(/^tools_[\da-f]{12}\.desktop$/);
    const file = `.local/share/applications/${name}`;
    expect(read(file)).toContain('\nName=道具\n');
    expect(read(file)).toContain(`Exec="${root()}/50%%env/50%/x" "100%%" ${path.join(home(), file)}\n`);
  });

  test('what another environment made of the same entry is left to it', async () => {
    const make = (environment: string) =>
      install('tool 1', menuOf({ command: ['{{ PREFIX }}/x'] }, { linux: {} }, 'Tool'), environment);
    await update([make('one')], {}, 'one');
    await update([make('two')], {}, 'two');
    await update([], {}, 'one');
    expect(read('.local/share/applications/tools_tool.desktop')).toContain('/two/x');
    await update([], {}, 'two');
    expect(existsSync(path.join(home(), '.local/share/applications/tools_tool.desktop'))).toBe(false);
  });

  test('a package that was linked without entries gets them when it is named', async () => {
    const tool = install('tool 1', menuOf({}, { linux: {} }));
    await update([tool], { shortcuts: false });
    await update([tool], { linked: new Set() });
    const file = path.join(home(), '.local/share/applications/tools_tool-env.desktop');
    expect(existsSync(file)).toBe(false);
    const wanted = new Set(['tool']);
    await update([tool], { linked: new Set(), wanted, shortcutsOnly: ['tool'], shortcuts: false });
    expect(existsSync(file)).toBe(false);
    await update([tool], { linked: new Set(), wanted, shortcutsOnly: ['tool'] });
    expect(existsSync(file)).toBe(true);
  });
});

describe('what an item wants to happen before it is made', () => {
  const precreate = 'false || echo "{{ ENV_NAME }} $PWD" > {{ PREFIX }}/made\necho done';

  test('runs in bash, once, and is told of', async () => {
    const tool = install('tool 1', menuOf({ precreate }, { linux: {} }));
    const asked: string[] = [];
    const mayPrecreate = (scripts: readonly string[]): Promise<boolean> => {
      asked.push(...scripts);
      return Promise.resolve(true);
    };
    const env = { PATH: process.env['PATH'] };
    await update([tool], { env, mayPrecreate });
    await update([tool], { env, mayPrecreate, linked: new Set() });
    expect(asked).toEqual(['precreate of tool']);
    expect(readFileSync(path.join(prefix(), 'made'), 'utf8')).toBe(`env ${home()}\n`);
    expect(events()).toMatchObject([
      { kind: 'script-ran', action: 'precreate', returncode: 0, output: 'done' },
    ]);
  });

  test('is left out where scripts are, and the item is made', async () => {
    const mayPrecreate = (): Promise<boolean> => Promise.resolve(false);
    await update([install('tool 1', menuOf({ precreate }, { linux: {} }))], { mayPrecreate });
    expect(existsSync(path.join(prefix(), 'made'))).toBe(false);
    expect(read('.local/share/applications/tools_tool-env.desktop')).toContain('Exec=tool\n');
  });

  test('that fails keeps the item from being made, and no other', async () => {
    const menu = {
      menu_name: 'Tools',
      menu_items: [
        { name: 'bad', command: ['x'], precreate: 'echo no; false; echo yes', platforms: { linux: {} } },
        { name: 'good', command: ['x'], platforms: { linux: {} } },
      ],
    };
    await update([install('tool 1', menu)], { env: { PATH: process.env['PATH'] } });
    expect(readdirSync(path.join(home(), '.local/share/applications'))).toEqual(['tools_good.desktop']);
    expect(events()).toMatchObject([
      { kind: 'script-ran', returncode: 1 },
      {
        kind: 'warning',
        text: expect.stringMatching(/^The menu entries of tool could not be made: .*: no$/),
      },
    ]);
  });

  test('that hangs ends with the command', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 200);
    const tool = install('tool 1', menuOf({ precreate: 'sleep 60' }, { linux: {} }));
    const env = { PATH: process.env['PATH'] };
    await expect(update([tool], { env, signal: stop.signal })).rejects.toThrow('stopped');
    expect(existsSync(path.join(home(), '.local'))).toBe(false);
  });
});

describe('on macOS', () => {
  const macos = { subdir: 'osx-arm64' };

  test('a bundle says all that an application can say', async () => {
    const osx = {
      CFBundleName: 'Tool',
      CFBundleSpokenName: 'the tool',
      CFBundleURLTypes: [{ CFBundleURLSchemes: ['tool'], CFBundleURLName: 'tool & co' }],
      LSEnvironment: { TOOL: '{{ PREFIX }}' },
      LSBackgroundOnly: false,
      LSMultipleInstancesProhibited: true,
      entitlements: ['com.apple.security.files.user-selected.read-write'],
      link_in_bundle: {
        '{{ PREFIX }}/bin/tool': '{{ MENU_ITEM_LOCATION }}/Contents/Resources/tool',
        '/etc/passwd': '../outside',
        b: 'Contents/Resources/b',
      },
    };
    const tool = install(
      'tool 1',
      menuOf({ icon: '{{ MENU_DIR }}/tool.{{ ICON_EXT }}', working_dir: '{{ PREFIX }}/it is' }, { osx }),
    );
    writeFileSync(path.join(prefix(), 'Menu/tool.icns'), 'icon');
    await update([tool], macos);
    expect(events()).toEqual([]);
    const bundle = path.join(home(), 'Applications/Tool env.app/Contents');
    expect(readFileSync(path.join(bundle, 'Info.plist'), 'utf8').replaceAll(root(), '/ROOT')).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>CFBundleName</key>
	<string>Tool</string>
	<key>CFBundleDisplayName</key>
	<string>Tool env</string>
	<key>CFBundleExecutable</key>
	<string>tool-env</string>
	<key>CFBundleIdentifier</key>
	<string>org.conda.tool-env</string>
	<key>CFBundlePackageType</key>
	<string>APPL</string>
	<key>CFBundleVersion</key>
	<string>1.0.0</string>
	<key>CFBundleShortVersionString</key>
	<string>1.0.0</string>
	<key>CFBundleIconFile</key>
	<string>tool.icns</string>
	<key>CFBundleSpokenName</key>
	<string>the tool</string>
	<key>CFBundleURLTypes</key>
	<array>
		<dict>
			<key>CFBundleURLSchemes</key>
			<array>
				<string>tool</string>
			</array>
			<key>CFBundleURLName</key>
			<string>tool &amp; co</string>
		</dict>
	</array>
	<key>LSBackgroundOnly</key>
	<false/>
	<key>LSEnvironment</key>
	<dict>
		<key>TOOL</key>
		<string>/ROOT/env</string>
	</dict>
	<key>LSMultipleInstancesProhibited</key>
	<true/>
</dict>
</plist>
`,
    );
    expect(readFileSync(path.join(bundle, 'Entitlements.plist'), 'utf8')).toContain(
      '<key>com.apple.security.files.user-selected.read-write</key>\n\t<true/>',
    );
    expect(readFileSync(path.join(bundle, 'Resources/tool.icns'), 'utf8')).toBe('icon');
    expect(readlinkSync(path.join(bundle, 'Resources/tool'))).toBe(`${prefix()}/bin/tool`);
    expect(readdirSync(path.join(bundle, 'Resources')).toSorted()).toEqual(['b', 'tool', 'tool.icns']);
    const script = path.join(bundle, 'MacOS/tool-env');
    expect(readFileSync(script, 'utf8')).toBe(`#!/bin/bash\ncd '${prefix()}/it is' && tool "$@"\n`);
    expect(statSync(script).mode & 0o777).toBe(0o755);
    await update([], macos);
    expect(existsSync(path.join(home(), 'Applications/Tool env.app'))).toBe(false);
  });

  test("a person's own application of that name stays as it is", async () => {
    const plist = path.join(home(), 'Applications/Tool.app/Contents/Info.plist');
    mkdirSync(path.dirname(plist), { recursive: true });
    writeFileSync(plist, 'mine');
    const tool = install('tool 1', menuOf({}, { osx: {} }, 'Tool'));
    await update([tool], macos);
    expect(readFileSync(plist, 'utf8')).toBe('mine');
    expect(events()).toMatchObject([
      { code: 'NO_SHORTCUT', text: expect.stringContaining('there is another application at') },
    ]);
  });

  test('one in a terminal is started by it', async () => {
    await update(
      [install('tool 1', menuOf({ terminal: true, command: ['say', '"it\'s"'] }, { osx: {} }))],
      macos,
    );
    const script = readFileSync(
      path.join(home(), 'Applications/Tool env.app/Contents/MacOS/tool-env'),
      'utf8',
    );
    expect(script).toMatch(/^#!\/bin\/bash\nosascript -e 'tell application "Terminal" to do script "say /);
  });
});

describe('on Windows', () => {
  const windows = { subdir: 'win-64' };
  const roaming = 'AppData/Roaming/Microsoft';

  test('an item is also in the quick launch bar and in Windows Terminal, and has an identity', async () => {
    const win = { app_user_model_id: 'Org.Tool', terminal_profile: 'Tool ({{ ENV_NAME }})' };
    const tool = install('tool 1', menuOf({ command: ['C:/a b/tool.exe', 'x'] }, { win }));
    await update([tool], windows);
    const link = readShellLink(
      readFileSync(path.join(home(), roaming, 'Internet Explorer/Quick Launch/Tool env.lnk')),
    );
    expect([link.appId, link.localPath, link.texts.at(-1)]).toEqual(['Org.Tool', 'C:\\a b\\tool.exe', 'x']);
    const fragment = 'AppData/Local/Microsoft/Windows Terminal/Fragments/tconda/tools_tool-env.json';
    expect(JSON.parse(read(fragment))).toEqual({
      profiles: [
        { name: 'Tool (env)', commandline: '"C:\\a b\\tool.exe" x', startingDirectory: '%USERPROFILE%' },
      ],
    });
    await update([], windows);
    expect(filesOf(home())).toEqual([]);
    await update([install('tool 1', menuOf({}, { win: { quicklaunch: false, desktop: false } }))], windows);
    expect(filesOf(home())).toEqual([`${roaming}/Windows/Start Menu/Programs/Tools/Tool env.lnk`]);
  });

  test('the registry is told which files and URLs it opens, and told to forget', async () => {
    const bin = path.join(root(), 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'reg.exe'), `#!/bin/sh\necho "$1 \${2##*/}" >> ${root()}/log\n`);
    chmodSync(path.join(bin, 'reg.exe'), 0o755);
    const env = { PATH: `${bin}:/usr/bin:/bin` };
    const win = { file_extensions: ['.Tool', '.tool', '.a b'], url_protocols: ['tool', 'not one'] };
    const item = { command: ['{{ PREFIX }}\\tool.exe', 'say "%1"'], icon: 'C:/tool.ico' };
    await update([install('tool 1', menuOf(item, { win }))], { ...windows, env });
    const text = (name: string): string => {
      const bytes = readFileSync(path.join(home(), 'AppData/Local/tconda/menus', name));
      return bytes.toString('utf16le').replaceAll(prefix().replaceAll('/', '\\\\'), 'C:\\\\env');
    };
    const at = 'HKEY_CURRENT_USER\\Software\\Classes';
    const command = String.raw`"C:\\env\\tool.exe \"say \\\"%1\\\"\""`;
    expect(text('tools_tool-env.set.reg').split('\r\n')).toEqual([
      '\u{feff}Windows Registry Editor Version 5.00',
      '',
      `[${at}\\.tool\\OpenWithProgids]`,
      '"tool-env.AssocFile.tool"=""',
      '',
      `[${at}\\tool-env.AssocFile.tool]`,
      '@=".tool tool-env file"',
      '"AppUserModelID"="Menuinst.tool-env"',
      '',
      `[${at}\\tool-env.AssocFile.tool\\DefaultIcon]`,
      String.raw`@="C:\\tool.ico"`,
      '',
      `[${at}\\tool-env.AssocFile.tool\\shell\\open\\command]`,
      `@=${command}`,
      '',
      `[${at}\\tool]`,
      '@="URL:tool"',
      '"URL Protocol"=""',
      '',
      `[${at}\\tool\\DefaultIcon]`,
      String.raw`@="C:\\tool.ico"`,
      '',
      `[${at}\\tool\\shell\\open\\command]`,
      `@=${command}`,
      '',
    ]);
    expect(text('tools_tool-env.unset.reg').split('\r\n').slice(2)).toEqual([
      `[-${at}\\tool-env.AssocFile.tool]`,
      '',
      `[${at}\\.tool\\OpenWithProgids]`,
      '"tool-env.AssocFile.tool"=-',
      '',
      `[-${at}\\tool]`,
      '',
    ]);
    await update([], { ...windows, env });
    expect(readFileSync(path.join(root(), 'log'), 'utf8')).toBe(
      'import tools_tool-env.set.reg\nimport tools_tool-env.unset.reg\n',
    );
    expect(filesOf(home())).toEqual([]);
  });

  test('what enters its environment passes the file on', async () => {
    const win = { file_extensions: ['.tool'], precommand: 'echo first' };
    await update([install('tool 1', menuOf({ activate: true, command: ['tool'] }, { win }))], windows);
    const bytes = readFileSync(path.join(home(), 'AppData/Local/tconda/menus/tools_tool-env.set.reg'));
    expect(bytes.toString('utf16le')).toContain(
      String.raw`@="%SystemRoot%\\System32\\cmd.exe /D /S /C \"echo first&set \"PATH=`,
    );
    expect(bytes.toString('utf16le')).toContain(String.raw`&start \"\" tool \"%1\"\""`);
  });
});
