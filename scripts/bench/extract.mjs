// Extraction of packages, beside the commands that do no more than decompress and write: zstd -dc | tar x and bzip2 -dc | tar x.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { findProgram, formatTable, measure } from '../lib/measure.mjs';
import { ROOT, runOrFail } from '../lib/run.mjs';

const CLI = path.join(ROOT, 'dist/cli.cjs');
const DRIVER = path.join(ROOT, 'scripts/lib/extract-driver.mjs');

/** What is aimed at: times the wall time of the other command, with one package and with two at once; megabytes. */
const AIM = { one: 1.3, two: 1, megabytes: 150 };

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function bench(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repeat: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      // Where packages are extracted to: another file system gives other figures.
      scratch: { type: 'string', default: tmpdir() },
      json: { type: 'boolean', default: false },
    },
  });
  for (const program of ['zstd', 'bzip2', 'tar', 'unzip']) {
    if (findProgram(program) === undefined) {
      process.stderr.write(`${program} is not on PATH, and there is nothing to compare with\n`);
      return 1;
    }
  }
  const store = path.join(ROOT, 'node_modules/.cache/tconda/bench-extract');
  const work = mkdtempSync(path.join(values.scratch, 'tconda-bench-'));
  try {
    const packages = (await findPackages(store)).filter(({ name }) => name.includes(values.only));
    const rows = [];
    for (const one of packages) {
      rows.push(await compare(one, 1, work, Number(values.repeat)));
      rows.push(await compare(one, 2, work, Number(values.repeat)));
      process.stderr.write('.');
    }
    process.stderr.write(`\nload average ${loadavg()[0]?.toFixed(1)}, in ${values.scratch}\n`);
    process.stdout.write(`${values.json ? JSON.stringify(rows, undefined, 2) : format(rows)}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return 0;
}

/** @typedef {{ name: string, archive: string, tars: readonly string[], bytes: number, files: number }} Package */

/**
 * The packages to extract, in both formats; made once.
 * @param {string} store
 * @returns {Promise<readonly Package[]>}
 */
async function findPackages(store) {
  mkdirSync(store, { recursive: true });
  const channel = path.join(ROOT, 'channels/debian/build/linux-64');
  const real = existsSync(channel)
    ? readdirSync(channel).filter((file) => /^(?:python|numpy|libopenblas)-\d.*\.conda$/.test(file))
    : [];
  const archives = [...real.map((file) => path.join(channel, file)), await makeSmallFiles(store)];
  const packages = [];
  for (const archive of archives) {
    const stem = path.basename(archive, '.conda');
    const bz2 = path.join(store, `${stem}.tar.bz2`);
    if (!existsSync(bz2)) await runOrFail(process.execPath, [CLI, 'package', 'transmute', archive, store]);
    const parts = path.join(store, stem);
    if (!existsSync(parts)) await runOrFail('unzip', ['-q', archive, '-d', parts]);
    const tars = readdirSync(parts).flatMap((file) =>
      file.endsWith('.zst') ? [path.join(parts, file)] : [],
    );
    const { bytes, files } = await sizeOf(bz2);
    const [name = ''] = stem.split('-');
    packages.push(
      { name: `${name} .conda`, archive, tars, bytes, files },
      { name: `${name} .tar.bz2`, archive: bz2, tars: [bz2], bytes, files },
    );
  }
  return packages;
}

/**
 * 20 000 files of some hundred bytes to a few kilobytes.
 * @param {string} store
 */
async function makeSmallFiles(store) {
  const archive = path.join(store, 'small-1.0-0.conda');
  if (existsSync(archive)) return archive;
  const tree = mkdtempSync(path.join(tmpdir(), 'tconda-small-'));
  let state = 1;
  const random = () => (state = (state * 48_271) % 0x7fffffff);
  for (let folder = 0; folder < 200; folder += 1) {
    const directory = path.join(tree, `lib/python3.12/site-packages/part${folder % 20}/module${folder}`);
    mkdirSync(directory, { recursive: true });
    for (let file = 0; file < 100; file += 1) {
      const lines = Array.from(
        { length: 5 + (random() % 60) },
        () => `value_${random() % 1000} = ${random()}`,
      );
      writeFileSync(path.join(directory, `file${file}.py`), lines.join('\n'));
    }
  }
  const metadata = path.join(tree, 'index.json');
  writeFileSync(metadata, JSON.stringify({ name: 'small', version: '1.0', build: '0', subdir: 'linux-64' }));
  try {
    await runOrFail(process.execPath, [
      CLI,
      'package',
      'create',
      tree,
      '-m',
      metadata,
      '-o',
      store,
      '--level',
      '10',
    ]);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
  return archive;
}

/** @param {string} archive */
async function sizeOf(archive) {
  const { stdout } = await measure(
    [process.execPath, CLI, 'package', 'list', archive, '--json'],
    process.env,
  );
  /** @type {readonly { size: number }[]} */
  const members = JSON.parse(stdout).members;
  return { bytes: members.reduce((sum, { size }) => sum + size, 0), files: members.length };
}

/**
 * Ours and the other command in turn, so that what else the machine does meets both.
 * @param {Package} one
 * @param {number} count how many at once
 * @param {string} work
 * @param {number} repeat
 */
async function compare({ name, archive, tars, bytes, files }, count, work, repeat) {
  const program = archive.endsWith('.conda') ? 'zstd' : 'bzip2';
  const folder = path.join(work, 'out');
  const folders = Array.from({ length: count }, (_, index) => path.join(folder, String(index)));
  const archives = folders.map(() => archive);
  const pipes = (/** @type {string} */ to) => tars.map((tar) => `${program} -dc '${tar}' | tar x -C '${to}'`);
  /** @type {number[]} */
  const whole = [];
  /** @type {number[]} */
  const ready = [];
  /** @type {number[]} */
  const other = [];
  let megabytes = 0;
  const cpu = { own: Infinity, other: Infinity };
  for (let turn = 0; turn < repeat; turn += 1) {
    for (const [results, command] of /** @type {const} */ ([
      [whole, [process.execPath, DRIVER, folder, String(count), ...archives]],
      [ready, [process.execPath, DRIVER, folder, String(count), '--ready', ...archives]],
      // One after the other: a pipe has two processes already.
      [other, ['sh', '-c', folders.flatMap(pipes).join(' && ')]],
    ])) {
      for (const each of folders) mkdirSync(each, { recursive: true });
      const run = await measure(command, process.env);
      rmSync(folder, { recursive: true, force: true });
      if (run.code !== 0) throw new Error(`${command.join(' ')}: ${run.stderr || run.stdout}`);
      results.push(results === ready ? Number(run.stdout) : run.seconds);
      if (results !== other) megabytes = Math.max(megabytes, run.megabytes);
      if (results === whole) cpu.own = Math.min(cpu.own, run.cpu);
      if (results === other) cpu.other = Math.min(cpu.other, run.cpu);
    }
  }
  const seconds = median(ready);
  return {
    name,
    count,
    /** Seconds, the middle and the least: what else the machine does can only slow one down. */
    whole: { seconds: median(whole), best: Math.min(...whole), ...ratios(whole, other) },
    ready: { seconds, best: Math.min(...ready), ...ratios(ready, other) },
    other: { seconds: median(other), best: Math.min(...other) },
    /** Seconds of all processors, of the whole process and of the other command: the least. What else the machine does is not in them. */
    cpu,
    megabytes,
    megabytesPerSecond: (bytes * count) / seconds / 1e6,
    filesPerSecond: (files * count) / seconds,
    packed: statSync(archive).size,
  };
}

/**
 * @param {readonly number[]} own
 * @param {readonly number[]} other
 */
function ratios(own, other) {
  return { ratio: median(own) / median(other), bestRatio: Math.min(...own) / Math.min(...other) };
}

/** @param {readonly number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** @param {readonly Awaited<ReturnType<typeof compare>>[]} rows */
function format(rows) {
  const times = (/** @type {{ ratio: number, bestRatio: number }} */ { ratio, bestRatio }) =>
    `${ratio.toFixed(2)} x (best ${bestRatio.toFixed(2)})`;
  const heading = [
    '',
    'process',
    'x other',
    'ready',
    'x other',
    '',
    '',
    'peak',
    'other',
    'cpu',
    'other',
    'aim',
  ];
  const table = rows.map((row) => [
    `${row.name}${row.count > 1 ? `, ${row.count} at once` : ''}`,
    `${row.whole.seconds.toFixed(3)} s`,
    times(row.whole),
    `${row.ready.seconds.toFixed(3)} s`,
    times(row.ready),
    `${row.megabytesPerSecond.toFixed(0)} MB/s`,
    `${row.filesPerSecond.toFixed(0)} files/s`,
    `${row.megabytes.toFixed(0)} MB`,
    `${row.other.seconds.toFixed(3)} s`,
    `${row.cpu.own.toFixed(2)} s`,
    `${row.cpu.other.toFixed(2)} s`,
    `${row.count > 1 ? AIM.two : AIM.one} x, ${AIM.megabytes} MB`,
  ]);
  return formatTable([heading, ...table]);
}
