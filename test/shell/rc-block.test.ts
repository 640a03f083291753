import path from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { INIT_SHELLS, rcFiles, setAutoRun, setRcBlock } from '../../src/shell/index.ts';

const BODY = 'if [ -r x ]; then\n    . x\nfi';

test('a block is put in, renewed and taken out, and nothing else changes', () => {
  const line = fc.stringMatching(/^[ -~]{0,20}$/);
  fc.assert(
    fc.property(fc.array(line), fc.boolean(), fc.constantFrom('\n', '\r\n'), (lines, isEnded, newline) => {
      const text = lines.join(newline) + (isEnded && lines.length > 0 ? newline : '');
      const once = setRcBlock(text, BODY, 'rc');
      expect(setRcBlock(once, BODY, 'rc')).toBe(once);
      expect(once.startsWith(text)).toBe(true);
      const back = setRcBlock(once, undefined, 'rc');
      expect(back).toBe(text);
      const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`;
      // What a person adds behind it stays.
      const more = setRcBlock(`${once}after\n`, 'other', 'rc');
      expect(more.endsWith('after\n')).toBe(true);
      expect(setRcBlock(more, undefined, 'rc')).toBe(`${ended}after\n`);
    }),
  );
});

test("another tool's block stays", () => {
  const conda = '# >>> conda initialize >>>\nx\n# <<< conda initialize <<<\n';
  expect(setRcBlock(setRcBlock(conda, BODY, 'rc'), undefined, 'rc')).toBe(conda);
});

test('a block without end is left to its owner', () => {
  const broken = 'a\n# >>> tconda initialize >>>\nb\n';
  expect(() => setRcBlock(broken, BODY, '~/.bashrc')).toThrow("~/.bashrc has a line '# >>> tconda");
  const two = `${broken}${setRcBlock('', BODY, 'rc')}`;
  expect(() => setRcBlock(two, undefined, 'rc')).toThrow('without its end');
});

test('every shell has its start file', () => {
  const machine = { platform: 'linux', home: '/h', env: {}, exists: () => false };
  const all = Object.keys(INIT_SHELLS).map((name) => [name, rcFiles(name, machine)]);
  expect(Object.fromEntries(all)).toEqual({
    bash: ['/h/.bashrc'],
    zsh: ['/h/.zshrc'],
    fish: ['/h/.config/fish/config.fish'],
    tcsh: ['/h/.tcshrc'],
    xonsh: ['/h/.xonshrc'],
    powershell: ['/h/.config/powershell/profile.ps1'],
    nushell: ['/h/.config/nushell/config.nu'],
    posix: ['/h/.profile'],
    'cmd.exe': [],
  });
  expect(rcFiles('bash', { ...machine, platform: 'darwin' })).toEqual(['/h/.bash_profile']);
  expect(rcFiles('zsh', { ...machine, env: { ZDOTDIR: '/z' } })).toEqual(['/z/.zshrc']);
  const hasCshrc = (file: string): boolean => path.basename(file) === '.cshrc';
  expect(rcFiles('tcsh', { ...machine, exists: hasCshrc })).toEqual(['/h/.cshrc']);
  const windows = { ...machine, platform: 'win32', home: 'C:\\h', env: { APPDATA: 'C:\\a' } };
  expect(rcFiles('powershell', windows)).toEqual([
    'C:\\h\\Documents\\PowerShell\\profile.ps1',
    'C:\\h\\Documents\\WindowsPowerShell\\profile.ps1',
  ]);
  expect(rcFiles('nushell', windows)).toEqual(['C:\\a\\nushell\\config.nu']);
});

test("cmd.exe's AutoRun keeps what others put there", () => {
  const hook = 'C:\\r\\condabin\\tconda.bat';
  const call = `if exist "${hook}" "${hook}"`;
  expect(setAutoRun('', hook, true)).toBe(call);
  const both = setAutoRun('doskey ls=dir', hook, true);
  expect(both).toBe(`doskey ls=dir & ${call}`);
  expect(setAutoRun(both, hook, true)).toBe(both);
  expect(setAutoRun(both, hook, false)).toBe('doskey ls=dir');
});
