import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { indexChannel } from '../../src/publish/index.ts';
import { raw, writeChannel } from './channel.ts';
import type { Home } from './cli.ts';
import { makePackage } from './make-package.ts';
import type { Session } from './terminal-session.ts';

/** A package of about so many bytes that can't be packed, served over HTTP. */
export async function servedChannel({ server, home }: Session, bytes: number): Promise<string> {
  const directory = path.join(home.directory, 'served');
  mkdirSync(path.join(directory, 'noarch'), { recursive: true });
  await makePackage(path.join(directory, 'noarch'), 'large 1.0 0', {
    files: { 'share/noise': randomBytes((bytes * 3) / 4).toString('base64') },
  });
  await indexChannel(directory);
  for (const file of ['noarch/repodata.json', 'noarch/large-1.0-0.conda']) {
    server.put(`/served/${file}`, readFileSync(path.join(directory, file)));
  }
  server.put('/served/linux-64/repodata.json', '{"packages": {}, "packages.conda": {}}');
  return `${server.url}/served`;
}

/** Packages that ask for more holes than there are: the solver has to try everything. */
export async function hardChannel(home: Home): Promise<{ url: string; specs: string }> {
  const size = 12;
  const names = Array.from({ length: size + 1 }, (_, index) => `pigeon${index}`);
  const records = names.flatMap((name) =>
    Array.from({ length: size }, (_, hole) =>
      raw(`${name} ${hole + 1}.0 0`, {
        subdir: 'noarch',
        constrains: names.filter((other) => other !== name).map((other) => `${other} !=${hole + 1}.0`),
      }),
    ),
  );
  const directory = path.join(home.directory, 'hard');
  await writeChannel(directory, { noarch: records, 'linux-64': [] });
  return { url: pathToFileURL(directory).href, specs: names.join(' ') };
}

/** A package with thousands of files. */
export async function largeChannel(home: Home): Promise<string> {
  const directory = path.join(home.directory, 'large');
  mkdirSync(path.join(directory, 'noarch'), { recursive: true });
  const files = Object.fromEntries(
    Array.from({ length: 3000 }, (_, index) => [`share/${index % 60}/${index}.txt`, `${index}\n`]),
  );
  await makePackage(path.join(directory, 'noarch'), 'large 1.0 0', { files });
  await indexChannel(directory);
  return pathToFileURL(directory).href;
}

/** Two packages, the second of which takes its time before it is linked. */
export async function linkingChannel(home: Home): Promise<string> {
  const directory = path.join(home.directory, 'linking');
  await makePackage(path.join(directory, 'noarch'), 'first 1.0 0', { files: { 'share/first': '1' } });
  await makePackage(path.join(directory, 'linux-64'), 'second 1.0 0', {
    index: { subdir: 'linux-64', depends: ['first'] },
    files: { 'bin/.second-pre-link.sh': { content: 'sleep 120\n', mode: 0o755 } },
  });
  await indexChannel(directory);
  return pathToFileURL(directory).href;
}

/** What the script makes in the home when it starts. */
export const STARTED = 'script-started';

/** A package whose script takes its time. */
export async function scriptChannel(home: Home): Promise<string> {
  const directory = path.join(home.directory, 'scripts');
  mkdirSync(path.join(directory, 'linux-64'), { recursive: true });
  await makePackage(path.join(directory, 'linux-64'), 'slow-script 1.0 0', {
    index: { subdir: 'linux-64' },
    files: {
      'bin/.slow-script-post-link.sh': { content: `: > "$HOME/${STARTED}"\nsleep 120\n`, mode: 0o755 },
    },
  });
  await indexChannel(directory);
  return pathToFileURL(directory).href;
}

/** A python that takes its time to compile. */
export async function compilingChannel(home: Home): Promise<string> {
  const directory = path.join(home.directory, 'compiling');
  await makePackage(path.join(directory, 'linux-64'), 'python 3.12.7 0_cpython', {
    index: { subdir: 'linux-64' },
    files: { 'bin/python3.12': { content: '#!/bin/sh\nsleep 120\n', mode: 0o755 } },
  });
  await makePackage(path.join(directory, 'noarch'), 'pip 24.0 0');
  await makePackage(path.join(directory, 'noarch'), 'module 1.0 py_0', {
    index: { noarch: 'python', depends: ['python >=3'] },
    files: { 'site-packages/module.py': 'x = 1\n' },
  });
  await indexChannel(directory);
  return pathToFileURL(directory).href;
}
