import { existsSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { isReady, isSane, terminalSession } from '../helpers/terminal-session.ts';

describe.runIf(isReady)('at a terminal', () => {
  const session = terminalSession();
  const QUESTION = /Proceed \(\[y\]\/n\)\?/;

  test('an answer that is none is asked for again, and "n" changes nothing', async () => {
    const shown = session.start('create -n env greet; echo "=$?"');
    await shown.waitFor(QUESTION);
    shown.type('Perhaps');
    await shown.waitFor(/Invalid choice: perhaps/);
    shown.type('NO');
    await shown.waitFor(/CondaSystemExit: Exiting\.?\s+=0$/m);
    expect(await isSane(shown)).toBe(true);
    expect(existsSync(session.home.prefix('env'))).toBe(false);
  });

  test.each([
    ['Enter', 'Enter'],
    ['the end of input', 'C-d'],
  ])('%s is the default, which is yes', async (_, key) => {
    const shown = session.start('create -n env greet; echo "=$?"');
    await shown.waitFor(QUESTION);
    shown.press(key);
    await shown.waitFor(/^=0$/m);
    expect(existsSync(session.home.prefix('env'))).toBe(true);
    expect(await isSane(shown)).toBe(true);
  });

  test('and no where something would be lost', async () => {
    const { home, server } = session;
    await home.tconda('create', '-y', '-n', 'env', '-O', '-c', server.url, 'ladder');
    const shown = session.start('create -n env greet; echo "=$?"');
    await shown.waitFor(/\(y\/\[n\]\)\?/);
    shown.press('Enter');
    await shown.waitFor(/^=0$/m);
    expect((await home.tconda('list', '-n', 'env', 'ladder')).code).toBe(0);
    expect(await isSane(shown)).toBe(true);
  });

  test.each([
    ['--dry-run', /DryRunExit: Dry run\. Exiting\.?\s+=0$/m],
    ['-y', /Executing transaction: done[^]*=0$/m],
    ['--json', /^ {2}"prefix": ".*"\n\}\n=0$/m],
  ])('with %s nothing is asked', async (flag, end) => {
    const shown = session.start(`create -n env greet ${flag}; echo "=$?"`, { rows: 60 });
    await shown.waitFor(end);
    expect(shown.history()).not.toMatch(QUESTION);
    expect(existsSync(session.home.prefix('env'))).toBe(flag !== '--dry-run');
  });

  test('a name of wide characters is cut where the terminal ends', async () => {
    const shown = session.open({ columns: 40, rows: 40 });
    shown.type('tconda create -n 環境環境環境環境環境環境環境環境環境環境環境 --dry-run greet; echo "=$?"');
    await shown.waitFor(/^=0$/m);
    expect(shown.screen()).toMatch(/環境/);
    expect(await isSane(shown)).toBe(true);
  });
});
