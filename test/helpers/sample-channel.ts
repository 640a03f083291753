import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { buildChannel, hashRecipes } from '../../channels/sample/build-channel.mjs';
import { createPackage, indexChannel } from '../../src/publish/index.ts';

/**
 * The directory of the sample channel (`channels/sample`), written by the sources as they are. Built once for the same recipes and
 * writer, and shared by all tests: nobody changes what is in it.
 */
export async function sampleChannel(): Promise<string> {
  const directory = path.join(tmpdir(), `tconda-sample-channel-${hashWriter()}`);
  if (existsSync(directory)) return directory;
  const beside = `${directory}.${randomBytes(6).toString('hex')}`;
  try {
    await buildChannel({ createPackage, indexChannel }, beside);
    renameSync(beside, directory);
  } catch (error) {
    // Another test was faster, with the same result.
    if (!existsSync(directory)) throw error;
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  return directory;
}

const SRC = path.resolve(import.meta.dirname, '../../src');

function hashWriter(): string {
  const hash = createHash('sha256').update(hashRecipes());
  for (const folder of ['archive', 'publish', 'model', 'io']) {
    for (const file of readdirSync(path.join(SRC, folder)).toSorted())
      hash.update(readFileSync(path.join(SRC, folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
