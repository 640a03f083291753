#!/usr/bin/env node
// Makes a channel of conda-forge's size and shape, without archives: node scripts/make-channel.mjs DIR [--records 650000] [--seed 1]
// DIR/sharded has every form of the index, DIR/monolithic no shards; DIR/channel.json says which requests to measure.
import { createHash } from 'node:crypto';
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
  readFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { encode } from '@msgpack/msgpack';

import { basePackages } from './lib/base-packages.mjs';
import { syntheticPackages } from './lib/synthetic-packages.mjs';
import { zstdCompressor } from './lib/zstd.mjs';

/** @typedef {import('./lib/synthetic-packages.mjs').IndexedRecord} IndexedRecord */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    records: { type: 'string', default: '650000' },
    seed: { type: 'string', default: '1' },
    level: { type: 'string', default: '9' },
  },
});
const [output] = positionals;
if (output === undefined) {
  process.stderr.write('usage: make-channel.mjs DIR [--records NUMBER] [--seed NUMBER] [--level 1..22]\n');
  process.exit(2);
}
const started = performance.now();
const compress = await zstdCompressor();
const seed = Number(values.seed);
const level = Number(values.level);
const SUBDIRS = ['linux-64', 'noarch'];

/** Texts of records by map and file name; they are written in order once all are there. */
/** @typedef {[fn: string, text: string][]} Texts */
/** @type {Map<string, { packages: Texts, 'packages.conda': Texts }>} */
const texts = new Map(SUBDIRS.map((subdir) => [subdir, { packages: [], 'packages.conda': [] }]));
const shards = new Map(SUBDIRS.map((subdir) => [subdir, new Map()]));
/** What the newest record of each name needs. @type {Map<string, readonly string[]>} */
const needs = new Map();

for (const form of ['sharded', 'monolithic']) {
  rmSync(path.join(output, form), { recursive: true, force: true });
  for (const subdir of SUBDIRS) mkdirSync(path.join(output, form, subdir), { recursive: true });
}
for (const subdir of SUBDIRS) mkdirSync(path.join(output, 'sharded', subdir, 'shards'), { recursive: true });

const base = basePackages({ folder: process.env['TCONDA_CONFORMANCE'], seed });
let total = 0;
for (const [subdir, records] of base) {
  for (const [name, members] of groupBy(records, nameOf)) add(subdir, name, members);
}
const taken = new Set(needs.keys());
for (const made of syntheticPackages({ records: Number(values.records) - total, seed, taken })) {
  add(made.subdir, made.name, made.records);
}
for (const subdir of SUBDIRS) writeIndexes(subdir);
writeFileSync(
  path.join(output, 'channel.json'),
  `${JSON.stringify({ records: total, names: needs.size, seed, requests: chooseRequests() }, undefined, 2)}\n`,
);
process.stdout.write(
  `${total} records of ${needs.size} names in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
);

/** @param {IndexedRecord} found */
function nameOf({ record }) {
  return String(record['name']);
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 */
function groupBy(items, keyOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/**
 * @param {string} subdir
 * @param {string} name
 * @param {readonly IndexedRecord[]} records
 */
function add(subdir, name, records) {
  const maps = {
    packages: /** @type {IndexedRecord[]} */ ([]),
    'packages.conda': /** @type {IndexedRecord[]} */ ([]),
  };
  for (const found of records) {
    const map = found.fn.endsWith('.conda') ? 'packages.conda' : 'packages';
    maps[map].push(found);
    texts.get(subdir)?.[map].push([found.fn, JSON.stringify(found.record)]);
  }
  total += records.length;
  const depends = /** @type {readonly string[]} */ (records.at(-1)?.record['depends'] ?? []);
  needs.set(name, [...(needs.get(name) ?? []), ...depends.map((spec) => spec.split(' ')[0] ?? '')]);
  const shard = encode({
    packages: shardMap(maps.packages),
    'packages.conda': shardMap(maps['packages.conda']),
    removed: [],
  });
  const bytes = compress(shard, level);
  const digest = createHash('sha256').update(bytes).digest();
  writeFileSync(
    path.join(output, 'sharded', subdir, 'shards', `${digest.toString('hex')}.msgpack.zst`),
    bytes,
  );
  shards.get(subdir)?.set(name, digest);
}

/** @param {readonly IndexedRecord[]} records */
function shardMap(records) {
  return Object.fromEntries(
    records
      .toSorted((a, b) => (a.fn < b.fn ? -1 : 1))
      .map(({ fn, record }) => [
        fn,
        {
          ...record,
          md5: Buffer.from(String(record['md5']), 'hex'),
          sha256: Buffer.from(String(record['sha256']), 'hex'),
        },
      ]),
  );
}

/** @param {string} subdir */
function writeIndexes(subdir) {
  const folder = path.join(output, 'sharded', subdir);
  const file = path.join(folder, 'repodata.json');
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, `{"info":{"subdir":"${subdir}"}`);
  for (const [map, entries] of Object.entries(texts.get(subdir) ?? {})) {
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    writeSync(descriptor, `,"${map}":{`);
    for (let at = 0; at < entries.length; at += 2000) {
      const part = entries.slice(at, at + 2000).map(([fn, text]) => `${JSON.stringify(fn)}:${text}`);
      writeSync(descriptor, `${at === 0 ? '' : ','}${part.join(',')}`);
    }
    writeSync(descriptor, '}');
    entries.length = 0;
  }
  writeSync(descriptor, ',"removed":[],"repodata_version":1}');
  closeSync(descriptor);
  writeFileSync(`${file}.zst`, compress(readFileSync(file), level));
  const names = [...(shards.get(subdir) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  const index = {
    info: { base_url: '', shards_base_url: './shards/', subdir },
    shards: Object.fromEntries(names),
    version: 1,
  };
  writeFileSync(path.join(folder, 'repodata_shards.msgpack.zst'), compress(encode(index), level));
  for (const name of ['repodata.json', 'repodata.json.zst']) {
    linkSync(path.join(folder, name), path.join(output, 'monolithic', subdir, name));
  }
}

/** Requests of so many names that the newest packages of about 200 and 325 names answer. */
function chooseRequests() {
  const candidates = [...needs.keys()].filter((name) => !taken.has(name));
  return {
    python: ['python', 'pip'],
    twelve: choose(candidates, 12, 200),
    twenty: choose(candidates, 20, 325),
  };
}

/**
 * @param {readonly string[]} candidates
 * @param {number} count
 * @param {number} target
 */
function choose(candidates, count, target) {
  const closure = new Set(['python']);
  close('python', closure);
  const chosen = ['python'];
  let at = 0;
  while (chosen.length < count) {
    const aim = (target * chosen.length) / (count - 1);
    let best;
    for (let tries = 0; tries < 60; tries += 1) {
      const name = candidates[(at += 97) % candidates.length];
      if (name === undefined || closure.has(name)) continue;
      const wider = new Set(closure);
      close(name, wider);
      const miss = Math.abs(wider.size - aim);
      if (best === undefined || miss < best.miss) best = { name, wider, miss };
    }
    if (best === undefined) break;
    chosen.push(best.name);
    for (const name of best.wider) closure.add(name);
  }
  return chosen;
}

/**
 * @param {string} name
 * @param {Set<string>} into
 */
function close(name, into) {
  into.add(name);
  for (const other of needs.get(name) ?? []) {
    if (!into.has(other) && needs.has(other)) close(other, into);
  }
}
