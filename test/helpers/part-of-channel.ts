import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { SAMPLE } from './cli.ts';

/** A channel of some of the packages of the sample. */
export function copyChannel(folder: string, files: readonly string[]): void {
  for (const subdir of ['noarch', 'linux-64']) {
    mkdirSync(path.join(folder, subdir), { recursive: true });
    const index = JSON.parse(readFileSync(path.join(SAMPLE, subdir, 'repodata.json'), 'utf8')) as Readonly<
      Record<string, Readonly<Record<string, unknown>>>
    >;
    const own = files.filter((file) => file.startsWith(subdir)).map((file) => path.basename(file));
    const packages = Object.entries(index['packages.conda'] ?? {}).filter(([name]) => own.includes(name));
    const text = JSON.stringify({ ...index, packages: {}, 'packages.conda': Object.fromEntries(packages) });
    writeFileSync(path.join(folder, subdir, 'repodata.json'), text);
  }
  for (const file of files) cpSync(path.join(SAMPLE, file), path.join(folder, file));
}
