#!/usr/bin/env node
// Builds a conda channel for linux-64 out of Debian's own packages, in build/ beside this file. No root is needed.
//   node channels/debian/build.mjs               asks apt for what is new, builds when something is
//   node channels/debian/build.mjs --if-needed   does nothing when the channel was built from this manifest and builder
// Ends with 3 on a machine that cannot build it (no apt, not amd64 Debian), 1 on a failure.
import { availableParallelism } from 'node:os';
import { access, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { NoAptError, createApt } from './apt.mjs';
import { checkLibraries } from './check-libraries.mjs';
import { listDebs, loadManifest } from './manifest.mjs';
import { writePackage } from './package.mjs';
import { createIndexJson, createProviders } from './record.mjs';
import { createPatchelf } from './rpath.mjs';
import { compileModules, stagePackage } from './stage.mjs';
import { readControl, unpack } from './unpack.mjs';
import { withWorkFolder } from '../../scripts/lib/work-folder.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const CACHE = fileURLToPath(new URL('../../.cache/debian-channel', import.meta.url));
const BUILD = join(HERE, 'build');
const STAMP = join(BUILD, '.built.json');
const CANNOT = 3;

const { values } = parseArgs({
  options: {
    'if-needed': { type: 'boolean', default: false },
    publish: { type: 'string', default: fileURLToPath(new URL('../../dist/index.js', import.meta.url)) },
  },
});

/** @param {string} text */
function say(text) {
  process.stdout.write(`debian channel: ${text}\n`);
}

async function main() {
  const sources = await hashSources();
  const built = await readStamp();
  if (values['if-needed'] && built?.sources === sources) return;

  const publisher = await loadPublisher();
  const manifest = await loadManifest(join(HERE, 'manifest.yaml'));
  await mkdir(CACHE, { recursive: true });
  const apt = await createApt({ root: CACHE, release: manifest.release });
  const names = listDebs(manifest);
  await apt
    .update()
    .catch((error) => say(`the lists of packages could not be brought up to date: ${firstLine(error)}`));
  const files = await apt.find(names);
  const inputs = hash([sources, ...files.map(({ file, hash: sum }) => `${file} ${sum}`)]);
  if (built?.inputs === inputs) return say('up to date');

  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  say(`${String(files.length)} Debian packages, ${(bytes / 2 ** 20).toFixed(0)} MiB`);
  const archives = await apt.download(names);
  await withWorkFolder(CACHE, async (work) => {
    await buildChannel({
      manifest,
      publisher,
      debs: files.map(({ file }) => join(archives, file)),
      inputs,
      work,
    });
    await writeFile(join(work, 'channel/.built.json'), JSON.stringify({ sources, inputs }));
    await rm(BUILD, { recursive: true, force: true });
    await rename(join(work, 'channel'), BUILD);
  });
  await forgetOthers(archives, new Set(files.map(({ file }) => file)));
}

/**
 * @param {{ manifest: import('./manifest.mjs').Manifest, publisher: Publisher, debs: readonly string[], inputs: string, work: string }} options
 */
async function buildChannel({ manifest, publisher: { createPackage, indexChannel }, debs, inputs, work }) {
  const controls = new Map();
  const fileOf = new Map();
  for (const [file, control] of await mapParallel(
    debs,
    async (deb) => /** @type {const} */ ([deb, await readControl(deb)]),
  )) {
    controls.set(control.name, control);
    fileOf.set(control.name, file);
  }
  await unpack(
    manifest.tools.map((name) => fileOf.get(name)),
    join(work, 'tools'),
  );
  const patchelf = createPatchelf(join(work, 'tools'));
  const staged = await mapParallel(manifest.packages, (entry) =>
    stagePackage(entry, {
      folder: work,
      debs: (entry.debs ?? []).map((name) => ({ name, file: fileOf.get(name) })),
      manifest,
      patchelf,
    }),
  );
  await compileModules(staged, manifest.python);

  const providers = createProviders(manifest, controls);
  const packages = staged.map((one) => ({
    staged: one,
    index: createIndexJson(one, { manifest, controls, providers, inputs }),
  }));
  checkLibraries(
    packages.map(({ staged: one, index }) => ({ ...index, libraries: one.libraries })),
    manifest.host,
  );
  await mapParallel(packages, async ({ staged: one, index }) => {
    await writePackage(createPackage, { staged: one, index, controls, channel: join(work, 'channel') });
    say(`${index.name} ${index.version}`);
  });
  await indexChannel(join(work, 'channel'));
  say(`${String(packages.length)} packages in channels/debian/build`);
}

/**
 * What writes packages and indexes: tconda's own, as built.
 * @typedef {Pick<typeof import('../../src/publish/index.ts'), 'createPackage' | 'indexChannel'>} Publisher
 * @returns {Promise<Publisher>}
 */
async function loadPublisher() {
  const file = resolve(values.publish);
  await access(file).catch(() => {
    throw new Error(`${file} is not there yet: npm run build makes it`);
  });
  return import(pathToFileURL(file).href);
}

/** The manifest and the builder itself. */
async function hashSources() {
  const names = (await readdir(HERE)).filter((name) => /\.(mjs|yaml)$/.test(name)).sort();
  return hash(await Promise.all(names.map((name) => readFile(join(HERE, name), 'utf8'))));
}

/** @returns {Promise<{ sources: string, inputs: string } | undefined>} */
async function readStamp() {
  const text = await readFile(STAMP, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Downloads that no package is made of any more. @param {string} folder @param {ReadonlySet<string>} wanted */
async function forgetOthers(folder, wanted) {
  const others = (await readdir(folder)).filter((name) => name.endsWith('.deb') && !wanted.has(name));
  await Promise.all(others.map((name) => rm(join(folder, name), { force: true })));
}

/**
 * Results in the order of the items, some at a time.
 * @template T, R
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
async function mapParallel(items, work) {
  /** @type {R[]} */
  const results = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
  return results;
}

/** @param {readonly string[]} texts */
function hash(texts) {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}

/** @param {unknown} error */
function firstLine(error) {
  return (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 2).join(': ');
}

await main().catch((error) => {
  process.stderr.write(
    `debian channel: ${error instanceof NoAptError ? error.message : (error?.stack ?? error)}\n`,
  );
  process.exitCode = error instanceof NoAptError ? CANNOT : 1;
});
