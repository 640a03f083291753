import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, DEBIAN, run } from '../../helpers/cli.ts';
import { makeProject, type Project } from './project.ts';

const isReady = existsSync(DEBIAN) && process.platform !== 'win32';
let home: Project['home'];
let project: Project['project'];
let ok: Project['ok'];
let write: Project['write'];
let setOf: Project['setOf'];

beforeAll(async () => {
  if (!isReady) return;
  ({ home, project, ok, write, setOf } = makeProject());
  await ok('env', 'create');
}, 60_000);
afterAll(() => {
  if (isReady) home.remove();
});

describe.runIf(isReady)('an environment out of a file', () => {
  test('pip that is interrupted ends with all it started, and what conda brought is there', async () => {
    const slow = path.join(project, 'slow');
    const began = path.join(slow, 'began');
    mkdirSync(slow);
    writeFileSync(
      path.join(slow, 'setup.py'),
      `import os, time\nopen('${began}.new', 'w').write(str(os.getpid()))\nos.rename('${began}.new', '${began}')\ntime.sleep(60)\n`,
    );
    write('slow.yml', [
      'dependencies:',
      '  - setuptools',
      '  - pip:',
      '      - --no-index',
      '      - ./slow',
    ]);
    const before = await setOf('proj');
    const child = spawn(process.execPath, [CLI, 'env', 'update', '-n', 'proj', '-f', 'slow.yml'], {
      cwd: project,
      env: { ...home.env, PIP_NO_BUILD_ISOLATION: 'false', TMPDIR: slow },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = Promise.all([new Promise((resolve) => child.on('close', resolve)), text(child.stderr)]);
    while (!existsSync(began)) {
      // oxlint-disable-next-line no-await-in-loop -- until it is at it
      await sleep(50);
    }
    child.kill('SIGTERM');
    const [code, said] = await ended;
    expect(code).toBe(143);
    expect(said).toContain(`the conda packages of ${home.prefix('proj')} are installed`);
    const pid = readFileSync(began, 'utf8');
    // Whoever takes over its children has to notice.
    await expect(run('ps', ['-o', 'stat=', '-p', pid], process.env)).resolves.toMatchObject({
      stdout: expect.stringMatching(/^(?:Z.*\n)?$/),
    });
    expect(readdirSync(slow).toSorted()).toEqual(['began', 'setup.py']);
    expect(await setOf('proj')).toEqual(expect.arrayContaining(before as string[]));
    expect(await ok('run', '-n', 'proj', 'tiny')).toBe('1.5\n');
  }, 60_000);
});
