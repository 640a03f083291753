import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { CLI, type Home, makeHome, SAMPLE } from './cli.ts';
import { startServer, type TestServer } from './server.ts';

/** Whether there is all that a session needs. */
export const isReady = existsSync(CLI) && existsSync(SAMPLE);

/** Files of the home, in which commands run. */
export const FILE = 'environment.yml';
export const PACKAGE = 'ladder-1.9-0.conda';

const SCHEMAS = path.resolve(import.meta.dirname, '../../docs/json');

/** The schema of this name in `docs/json`. */
export function loadSchema(name: string): object {
  return JSON.parse(readFileSync(path.join(SCHEMAS, `${name}.schema.json`), 'utf8')) as object;
}

/** A home for the tests of a file, with the environments `env` and `other`, a file of one and a package. */
export function jsonSession(): { readonly home: Home } {
  let server: TestServer;
  let home: Home;
  beforeAll(async () => {
    if (!isReady) return;
    server = await startServer(SAMPLE);
    home = makeHome();
    mkdirSync(home.directory, { recursive: true });
    writeFileSync(path.join(home.directory, '.condarc'), `channels:\n  - ${server.url}\n`);
    writeFileSync(path.join(home.directory, FILE), 'name: env\ndependencies: [ladder=1.10]\n');
    copyFileSync(path.join(SAMPLE, 'noarch', PACKAGE), path.join(home.directory, PACKAGE));
    for (const [name, ...specs] of [
      ['env', 'ladder=1.9', 'greet=1.1'],
      ['other', 'ladder'],
    ]) {
      // oxlint-disable-next-line no-await-in-loop
      const made = await home.tconda('create', '-y', '-n', name ?? '', ...specs);
      if (made.code !== 0) throw new Error(made.stderr);
    }
  });
  afterAll(async () => {
    if (!isReady) return;
    await server.close();
    home.remove();
  });
  return {
    get home() {
      return home;
    },
  };
}
