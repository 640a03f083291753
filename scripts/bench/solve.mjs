// What versions, specs and the solver cost, without network and disk: in this process, on recorded indexes.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { formatTable } from '../lib/measure.mjs';
import { ROOT } from '../lib/run.mjs';
import { readIndex, WORLDS } from './solve/worlds.mjs';

const COUNT = 100_000;
const LIBRARY = path.join(ROOT, 'dist/index.js');

/** @typedef {{ task: string, first: number, middle: number, result: string }} Row milliseconds */

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function bench(args) {
  const { values } = parseArgs({
    args: [...args],
    options: { repeat: { type: 'string', default: '9' }, json: { type: 'boolean', default: false } },
  });
  const library = await import(pathToFileURL(LIBRARY).href);
  const repeat = Number(values.repeat);
  const rows = [
    measureVersions(library, repeat),
    measureComparisons(library, repeat),
    measureMatches(library, repeat),
    ...(await measureSolves(library, repeat)),
  ];
  process.stdout.write(`${values.json ? JSON.stringify(rows, undefined, 2) : format(rows)}\n`);
  return 0;
}

/**
 * Each time other texts, so that none is known already.
 * @returns {Row}
 */
function measureVersions({ parseVersion }, repeat) {
  return measure(`parse ${COUNT} different versions`, repeat, (round) => {
    for (let index = 0; index < COUNT; index += 1) parseVersion(versionText(index, round));
    return '';
  });
}

/** @returns {Row} */
function measureComparisons({ parseVersion, compareVersions }, repeat) {
  const versions = Array.from({ length: COUNT }, (_, index) => parseVersion(versionText(index * 7919, 0)));
  return measure(`sort ${COUNT} versions`, repeat, () => {
    const sorted = versions.toSorted(compareVersions);
    return `${sorted.length} versions`;
  });
}

/** @returns {Row} */
function measureMatches({ parseMatchSpec, matchesRecord, parsePackageName }, repeat) {
  const name = parsePackageName('numpy');
  const records = Array.from({ length: 1000 }, (_, index) => ({
    name,
    version: `1.${index % 30}.${index % 7}`,
    build: `py3${index % 13}_${index % 3}`,
    build_number: index % 3,
  }));
  const texts = [
    '>=1.11,<2.0a0',
    '1.21.*',
    '!=1.3',
    '==1.26.4',
    '~=1.20',
    '>=1.9|<1.3',
    '* py39*',
    '1.2.* *_0',
  ];
  const specs = Array.from({ length: COUNT / records.length }, (_, index) =>
    parseMatchSpec(`numpy ${texts[index % texts.length]}`),
  );
  return measure(`match ${COUNT} records`, repeat, () => {
    let count = 0;
    for (const spec of specs) for (const record of records) if (matchesRecord(spec, record)) count += 1;
    return `${count} match`;
  });
}

/** @returns {Promise<Row[]>} */
async function measureSolves(library, repeat) {
  const folder = path.join(process.env['TCONDA_CONFORMANCE'] ?? '', 'repodata');
  const rows = [];
  for (const { name, files, requests } of WORLDS) {
    if (files.some((file) => !existsSync(path.join(folder, file)))) {
      process.stderr.write(`${name}: not measured, its index is not in ${folder}\n`);
      continue;
    }
    const repodata = { subdirs: files.map((file, index) => readIndex(path.join(folder, file), index)) };
    const size = repodata.subdirs.reduce((sum, subdir) => sum + subdir.records.length, 0);
    for (const text of requests) {
      const task = `solve ${text} (${name}, ${size} records)`;
      rows.push(await measureSolve(library, repodata, text, task, repeat));
    }
  }
  return rows;
}

async function measureSolve({ gatherRequest, solveRequest, parseChannel }, repodata, text, task, repeat) {
  const settings = {
    channelAlias: 'https://conda.anaconda.org',
    customChannels: new Map(),
    customMultichannels: new Map(),
    migratedChannelAliases: [],
    migratedCustomChannels: new Map(),
    cwd: '/',
    home: '/',
  };
  const channels = [...new Set(repodata.subdirs.map((subdir) => subdir.channel))];
  const input = {
    command: 'create',
    specs: text.split(' '),
    channels: channels.map((channel) => parseChannel(channel, settings)),
    subdirs: ['linux-64', 'noarch'],
  };
  const empty = { prefix: '/env', exists: false, records: [], history: new Map(), pinned: [] };
  const virtualPackages = [
    ['__glibc', '2.28'],
    ['__linux', '5.10'],
    ['__unix', '0'],
  ].map(([name, version]) => ({ name, version, build: '0' }));
  const times = [];
  let result = '';
  for (let round = 0; round < repeat; round += 1) {
    const start = performance.now();
    const answer = await solveRequest(gatherRequest(input, empty), {
      repodata,
      installed: [],
      virtualPackages,
    });
    times.push(performance.now() - start);
    result = answer.kind === 'solved' ? `${answer.records.length} packages` : answer.explanation.join('\n');
  }
  return { task, ...summarize(times), result };
}

/**
 * @param {(round: number) => string} action
 * @returns {Row}
 */
function measure(task, repeat, action) {
  const times = [];
  let result = '';
  for (let round = 0; round < repeat; round += 1) {
    const start = performance.now();
    result = action(round);
    times.push(performance.now() - start);
  }
  return { task, ...summarize(times), result };
}

function summarize(times) {
  const [first = Number.NaN] = times;
  const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
  return { first, middle };
}

/** All kinds of versions, none twice in a round. */
function versionText(index, round) {
  const [major, minor, micro] = [index % 13, Math.floor(index / 13) % 97, Math.floor(index / 1261)];
  const endings = [
    '',
    `.${round}`,
    `rc${round}`,
    `.post${round}`,
    `.dev${round}`,
    `+g${round}`,
    `a${round}`,
    '_1',
  ];
  return `${major}.${minor}.${micro}${round}${endings[index % endings.length]}`;
}

/** @param {readonly Row[]} rows */
function format(rows) {
  const milliseconds = (value) => `${value.toFixed(1)} ms`;
  return formatTable([
    ['task', 'first', 'middle', 'result'],
    ...rows.map(({ task, first, middle, result }) => [
      task,
      milliseconds(first),
      milliseconds(middle),
      result,
    ]),
  ]);
}
