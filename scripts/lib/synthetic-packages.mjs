import { createRandom } from './random.mjs';

/**
 * @typedef {{ version: string, major: number, time: number }} Release
 * @typedef {'library' | 'program' | 'python-compiled' | 'python-noarch'} Kind
 * @typedef {{ name: string, kind: Kind, releases: Release[], needs: number[] }} Package
 * @typedef {{ fn: string, record: Record<string, unknown> }} IndexedRecord
 */

const FIRST_DAY = Date.UTC(2018, 0, 1);
const LAST_DAY = Date.UTC(2026, 0, 1);
/** Minor versions of python, and from which time on (0 to 1) packages are built for them. */
const PYTHONS = /** @type {const} */ ([
  [9, 0.1, 0.9],
  [10, 0.35, 2],
  [11, 0.5, 2],
  [12, 0.65, 2],
  [13, 0.8, 2],
  [14, 0.85, 2],
]);

/**
 * Packages with conda-forge's shape: few that everything needs and many that nothing does, releases over years, builds per python,
 * pins to the major version that was current. The newest releases fit together.
 *
 * @param {{ records: number, seed: number, taken: ReadonlySet<string> }} options `taken`: names that may not come
 */
export function* syntheticPackages({ records, seed, taken }) {
  const random = createRandom(seed);
  const names = new Set(taken);
  /** @type {Package[]} */
  const packages = [];
  const left = { 'linux-64': Math.round(records * 0.78), noarch: Math.round(records * 0.22) };
  while (left['linux-64'] > 0 || left.noarch > 0) {
    const subdir = left.noarch <= 0 || (left['linux-64'] > 0 && random.next() < 0.45) ? 'linux-64' : 'noarch';
    const made = makePackage(random, subdir, packages, names);
    const built = buildRecords(random, made, subdir, packages).slice(0, left[subdir]);
    if (built.length === 0) continue;
    left[subdir] -= built.length;
    packages.push(made);
    yield {
      subdir,
      name: made.name,
      records: built,
      needs: made.needs.map((index) => packages[index]?.name ?? ''),
    };
  }
}

/**
 * @param {ReturnType<typeof createRandom>} random
 * @param {'linux-64' | 'noarch'} subdir
 * @param {readonly Package[]} packages
 * @param {Set<string>} names
 * @returns {Package}
 */
function makePackage(random, subdir, packages, names) {
  const kind = subdir === 'noarch' ? 'python-noarch' : kindOf(random);
  const name = makeName(random, kind, names);
  names.add(name);
  const mean = { library: 3.3, program: 2.7, 'python-compiled': 2.2, 'python-noarch': 2.05 }[kind];
  const count = Math.min(400, Math.max(1, Math.round(Math.exp(mean - 0.5 + random.normal() * 0.9))));
  const perRelease = kind === 'python-compiled' ? 4 : kind === 'python-noarch' ? 1.1 : 1.6;
  const releases = makeReleases(random, Math.max(1, Math.round(count / Math.min(perRelease, 2))));
  return { name, kind, releases, needs: chooseNeeds(random, kind, packages) };
}

/** @param {ReturnType<typeof createRandom>} random @returns {Kind} */
function kindOf(random) {
  const value = random.next();
  return value < 0.35 ? 'library' : value < 0.6 ? 'program' : 'python-compiled';
}

const SYLLABLES =
  'ba co da fe gi ho ju ka li mo nu pa qui ra se ti vo wa xe yo za bre clo dri flu gra pli ster thon lib net data sci geo bio'.split(
    ' ',
  );

/**
 * @param {ReturnType<typeof createRandom>} random
 * @param {Kind} kind
 * @param {ReadonlySet<string>} names
 */
function makeName(random, kind, names) {
  for (;;) {
    const word = () => Array.from({ length: 2 + random.below(2) }, () => random.pick(SYLLABLES)).join('');
    let name = word();
    const shape = random.next();
    if (kind === 'library' && shape < 0.7) name = `lib${name}`;
    else if (shape < 0.12) name = `r-${name}`;
    else if (shape < 0.45) name = `${name}-${word()}`;
    else if (shape < 0.5) name = `${name}_${word()}`;
    else if (shape < 0.55) name = `${name}${1 + random.below(9)}`;
    if (!names.has(name)) return name;
  }
}

/**
 * @param {ReturnType<typeof createRandom>} random
 * @param {number} count
 * @returns {Release[]}
 */
function makeReleases(random, count) {
  const begin = random.next() * 0.8;
  const end = 0.88 + random.next() * 0.12;
  const numbers = { major: random.below(4), minor: random.below(5), patch: 0 };
  return Array.from({ length: count }, (_, index) => {
    const time = count === 1 ? end : begin + ((end - begin) * index) / (count - 1);
    const step = random.next();
    // Late releases change nothing that others are pinned to: so the newest of all fit together.
    if (step < 0.06 && time < 0.7) Object.assign(numbers, { major: numbers.major + 1, minor: 0, patch: 0 });
    else if (step < 0.4) Object.assign(numbers, { minor: numbers.minor + 1, patch: 0 });
    else numbers.patch += 1;
    return { version: `${numbers.major}.${numbers.minor}.${numbers.patch}`, major: numbers.major, time };
  });
}

/**
 * Earlier packages are needed more often: that is how a few come to be needed by nearly all.
 * @param {ReturnType<typeof createRandom>} random
 * @param {Kind} kind
 * @param {readonly Package[]} packages
 * @returns {number[]}
 */
function chooseNeeds(random, kind, packages) {
  const wanted = Math.max(0, Math.round(2.2 + random.normal() * 1.8));
  const isPython = kind.startsWith('python');
  const needs = new Set();
  for (let attempt = 0; attempt < wanted * 4 && needs.size < wanted; attempt += 1) {
    const index = Math.floor(packages.length * random.next() ** 3.2);
    const other = packages[index];
    if (other === undefined) continue;
    const fits =
      kind === 'python-noarch' ? other.kind.startsWith('python') : isPython || other.kind === 'library';
    if (fits) needs.add(index);
  }
  return [...needs].sort((a, b) => a - b);
}

/**
 * @param {ReturnType<typeof createRandom>} random
 * @param {Package} made
 * @param {'linux-64' | 'noarch'} subdir
 * @param {readonly Package[]} packages
 * @returns {IndexedRecord[]}
 */
function buildRecords(random, made, subdir, packages) {
  const isPython = made.kind.startsWith('python');
  const license = random.pick(['MIT', 'BSD-3-Clause', 'Apache-2.0', 'GPL-3.0-or-later', 'LGPL-2.1-or-later']);
  const records = [];
  for (const [index, release] of made.releases.entries()) {
    const isLast = index === made.releases.length - 1;
    const needs = made.needs.filter(() => isLast || random.next() < 0.9);
    const pins = needs.map((need) =>
      pinOf(random, /** @type {Package} */ (packages[need]), release.time, isPython),
    );
    const builds = random.next() < 0.25 ? 2 : 1;
    for (let number = 0; number < builds; number += 1) {
      for (const variant of variantsOf(random, made.kind, release.time, number)) {
        const depends = [...variant.depends, ...pins].sort();
        const extension = release.time < 0.3 ? '.tar.bz2' : '.conda';
        const fn = `${made.name}-${release.version}-${variant.build}${extension}`;
        const timestamp = Math.round(FIRST_DAY + (LAST_DAY - FIRST_DAY) * release.time) + number * 86_400_000;
        const record = {
          build: variant.build,
          build_number: number,
          ...(random.next() < 0.1 ? { constrains: [`${made.name}-extra >=${release.version}`] } : {}),
          depends,
          license,
          ...(random.next() < 0.4 ? { license_family: license.split('-')[0]?.toUpperCase() } : {}),
          md5: random.hex(32),
          name: made.name,
          ...(subdir === 'noarch' ? { noarch: 'python' } : {}),
          sha256: random.hex(64),
          size: Math.round(Math.exp(10 + random.normal() * 2)),
          subdir,
          timestamp,
          version: release.version,
        };
        records.push({ fn, record });
      }
    }
  }
  return records;
}

/**
 * @param {ReturnType<typeof createRandom>} random
 * @param {Kind} kind
 * @param {number} time
 * @param {number} number
 */
function variantsOf(random, kind, time, number) {
  const hash = () => `h${random.hex(7)}`;
  if (kind === 'python-noarch') return [{ build: `pyhd8ed1ab_${number}`, depends: ['python >=3.9'] }];
  const compiled = ['__glibc >=2.17,<3.0.a0', 'libgcc-ng >=12'];
  if (kind !== 'python-compiled') {
    return [
      {
        build: `${hash()}_${number}`,
        depends: kind === 'library' ? compiled : [...compiled, 'libstdcxx-ng >=12'],
      },
    ];
  }
  return PYTHONS.filter(([, from, to]) => time >= from && time < to)
    .slice(-5)
    .map(([minor]) => ({
      build: `py3${minor}${hash()}_${number}`,
      depends: [
        ...compiled,
        'libstdcxx-ng >=12',
        `python >=3.${minor},<3.${minor + 1}.0a0`,
        `python_abi 3.${minor}.* *_cp3${minor}`,
      ],
    }));
}

/**
 * @param {ReturnType<typeof createRandom>} random
 * @param {Package} other
 * @param {number} time
 * @param {boolean} isPython
 */
function pinOf(random, other, time, isPython) {
  const current = other.releases.findLast((release) => release.time <= time) ?? other.releases[0];
  if (current === undefined) return other.name;
  if (isPython && random.next() < 0.3) return other.name;
  if (isPython && random.next() < 0.6) return `${other.name} >=${current.major}.0`;
  return `${other.name} >=${current.version},<${current.major + 1}.0a0`;
}
