import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { servedChannel } from '../helpers/slow-channels.ts';
import { SPINNER } from '../helpers/terminal.ts';
import { isReady, isSane, MOVES, terminalSession } from '../helpers/terminal-session.ts';

describe.runIf(isReady)('at a terminal', () => {
  const session = terminalSession();

  describe.each([
    [80, 24],
    [40, 10],
  ])('of %i columns and %i rows', (columns, rows) => {
    test('an installation leaves a line for each phase, and nothing else', async () => {
      const release = session.holdArchives();
      const shown = session.start('create -y -n env python=3.12 greet links', { columns, rows });
      await shown.waitFor(/Downloading packages +\d/);
      release();
      await shown.waitForPrompt();
      const lines = shown.history().split('\n');
      const phases = lines.filter((line) => /^\S.*: done/.test(line)).map((line) => line.split(':')[0]);
      expect(phases).toEqual([
        'Collecting package metadata',
        'Solving environment',
        'Downloading packages',
        'Extracting packages',
        'Executing transaction',
      ]);
      expect(lines.join('\n')).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏━╌]/);
      expect(await isSane(shown)).toBe(true);
    });

    test('a plan says why, how large and how much in all, and wraps nowhere', async () => {
      const shown = session.start('create -n env python=3.12 greet links', { columns, rows });
      await shown.waitFor(/Proceed \(\[y\]\/n\)\?/);
      const lines = shown.history({ isJoined: true }).split('\n');
      const table = lines.slice(lines.indexOf('Install') + lines.indexOf('Install: requested') + 1);
      expect(table.length).toBeGreaterThan(5);
      for (const line of table) expect(line.length).toBeLessThan(columns);
      const text = lines.join('\n');
      expect(text).toMatch(/^\+ greet .* \d+ KB/m);
      expect(text).toMatch(columns < 60 ? /^Install: dep of python$/m : /^\+ zlib-like .* dep of python$/m);
      expect(text).toMatch(/^6 to install, \d+ KB to download/m);
      shown.type('n');
      expect(await isSane(shown)).toBe(true);
    });

    test('live lines stand once, and wrap nowhere', async () => {
      session.server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 400 });
      const shown = session.start('create -y -n env python=3.12 greet links meta', { columns, rows });
      await shown.waitFor(/Downloading packages +\d\/\d/);
      await shown.waitForFrames(3);
      const live = shown.screen().split('\n');
      expect(live.filter((line) => line.includes('Downloading packages'))).toHaveLength(1);
      expect(live.length).toBeLessThanOrEqual(rows);
      expect(shown.history().match(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Downloading/g)).toHaveLength(1);
      shown.press('C-c');
      await shown.waitFor(/KeyboardInterrupt/);
      expect(shown.history()).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏━╌]/);
      expect(await isSane(shown)).toBe(true);
    });
  });

  test('a slow channel shows how fast it is and how long it will take', async () => {
    session.server.failAlways(/\.(?:conda|bz2)$/, { kind: 'slow', bytesPerSecond: 20_000 });
    const shown = session.start('create -y -n env large', { channel: await servedChannel(session, 200_000) });
    await shown.waitFor(/Downloading packages {2}0\/1 {2}━*╌+ +\d+ of 14\d KB {2} *\d+ KB\/s {2}0:\d\d$/m);
    await shown.waitFor(/^ {2}large 1\.0 +━+╌* +\d+ of 14\d KB$/m);
    await shown.waitFor(/Downloading packages: done \(1 fetched, 14\d KB\)/);
    expect(await isSane(shown)).toBe(true);
  });

  test('a channel that says nothing, or fails and is tried again, is told of while it runs', async () => {
    session.server.fail(/\.conda$/, { kind: 'status', status: 503 }, { kind: 'stall', after: 200 });
    const shown = session.start('create -y -n env greet=1.1');
    await shown.waitFor(/warning: .*HTTP 503;\s+trying\s+again\s+in\s+1\s+s/s);
    await shown.waitFor(/Downloading packages/);
    await shown.waitFor(/nothing for \d+ s/);
    shown.press('C-c');
    await shown.waitFor(/KeyboardInterrupt/);
    expect(await isSane(shown)).toBe(true);
  });

  test('with -v what happens is told above what is drawn', async () => {
    const release = session.holdArchives();
    const shown = session.start('create -y -v -n env python=3.12 greet', { rows: 60 });
    await shown.waitFor(/Downloading packages +\d/);
    release();
    await shown.waitFor(/Executing transaction: done/);
    await shown.waitForPrompt();
    const lines = shown.history({ isJoined: true }).split('\n');
    const linked = lines.filter((line) => line.startsWith('linked '));
    expect(new Set(linked).size).toBe(linked.length);
    expect(linked.length).toBeGreaterThan(2);
    expect(lines.join('\n')).toMatch(/^fetched\s+http.*\/greet-/m);
    expect(lines.join('\n')).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏━╌]/);
    expect(await isSane(shown)).toBe(true);
  });

  test('with --json is one value there too, without a question', async () => {
    const shown = session.start('create -n env links --json > out; cat out | tail -2; echo "=$?"');
    await shown.waitFor(/=0/);
    const written = path.join(path.dirname(session.home.directory), 'out');
    expect(JSON.parse(readFileSync(written, 'utf8'))).toMatchObject({ success: true });
    shown.type('clear; tconda install -y -n env greet --json');
    await shown.waitFor(/^\}$/m);
    await shown.waitForPrompt();
    expect(shown.history({ hasEscapes: true }).slice(shown.history().lastIndexOf('--json'))).not.toMatch(
      MOVES,
    );
  });

  test('made larger and smaller while it runs, a terminal is not filled with old lines', async () => {
    session.server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 400 });
    const shown = session.start('create -y -n env python=3.12 greet links meta', { columns: 60, rows: 20 });
    await shown.waitFor(/Downloading packages +\d\/\d/);
    // Where a terminal breaks lines anew it decides itself where the cursor is, so each time may leave a row behind, but no more.
    let allowed = 1;
    for (const [columns, rows, mayLeave] of [
      [100, 30, 0],
      [120, 40, 0],
      [50, 40, 1],
      [40, 20, 1],
      [90, 24, 0],
    ] as const) {
      allowed += mayLeave;
      shown.resize(columns, rows);
      // As wide as there is room for now.
      // oxlint-disable-next-line no-await-in-loop -- one size after the other
      await shown.waitUntil((live) => SPINNER.test(live) && live.includes('━') === columns >= 60);
      // oxlint-disable-next-line no-await-in-loop
      await shown.waitForFrames(2);
      expect(shown.screen().match(/Downloading packages/g)?.length).toBeLessThanOrEqual(allowed);
    }
    shown.press('C-c');
    await shown.waitFor(/KeyboardInterrupt/);
    expect(await isSane(shown)).toBe(true);
  });
});
