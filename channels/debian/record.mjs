// The record of one package: its version, build and dependencies.
import { createHash } from 'node:crypto';
import { translateDepends } from './depends.mjs';
import { condaBuildNumber, condaVersion, upperBound } from './version.mjs';

/**
 * @typedef {import('./manifest.mjs').PackageEntry} PackageEntry
 * @typedef {import('./manifest.mjs').Manifest} Manifest
 * @typedef {import('./unpack.mjs').Control} Control
 * @typedef {import('./depends.mjs').Provider} Provider
 * @typedef {import('./stage.mjs').StagedPackage} StagedPackage
 */

/** Higher than any Debian revision counts. */
const PREFERENCE_STEP = 100_000;

/**
 * Which package of the channel answers for a Debian package; the first that names it.
 * @param {Manifest} manifest
 * @param {ReadonlyMap<string, Control>} controls by Debian name
 * @returns {Map<string, Provider>}
 */
export function createProviders(manifest, controls) {
  /** @type {Map<string, Provider>} */
  const providers = new Map();
  for (const entry of manifest.packages) {
    const provider = { name: entry.name, version: packageVersion(entry, controls), pin: entry.pin };
    for (const name of [...(entry.provides ?? []), ...(entry.debs ?? [])]) {
      if (!providers.has(name)) providers.set(name, provider);
    }
  }
  return providers;
}

/**
 * What goes into `info/index.json`, keys in conda's order.
 * @param {StagedPackage} staged
 * @param {{ manifest: Manifest, controls: ReadonlyMap<string, Control>, providers: ReadonlyMap<string, Provider>,
 *   inputs: string }} options inputs: a hash of all that the package is made from
 */
export function createIndexJson(staged, { manifest, controls, providers, inputs }) {
  const { entry } = staged;
  const own = (entry.debs ?? []).flatMap((name) => controls.get(name) ?? []);
  const depends = listDepends(staged, { manifest, providers, own });
  const number = condaBuildNumber(debianVersion(entry, controls)) + (entry.preference ?? 0) * PREFERENCE_STEP;
  const hash = createHash('sha256')
    .update(JSON.stringify([inputs, entry, depends]))
    .digest('hex')
    .slice(0, 7);
  const language =
    staged.python === 'any'
      ? 'py'
      : staged.python === 'one' && entry.interpreter !== true
        ? `py${manifest.python.replace('.', '')}`
        : '';
  const build = entry.debs === undefined ? '0' : `${language}h${hash}_${String(number)}`;
  return {
    name: entry.name,
    version: packageVersion(entry, controls),
    build: entry.variant === undefined ? build : `${build}_${entry.variant}`,
    build_number: entry.debs === undefined ? 0 : number,
    depends,
    constrains: entry.constrains ?? [],
    license: entry.license,
    subdir: entry.noarch === undefined ? 'linux-64' : 'noarch',
    ...(entry.noarch === undefined ? { arch: 'x86_64', platform: 'linux' } : { noarch: entry.noarch }),
    ...(entry.interpreter === true
      ? { python_site_packages_path: `lib/python${manifest.python}/site-packages` }
      : {}),
    ...(staged.timestamp === 0 ? {} : { timestamp: staged.timestamp }),
  };
}

/**
 * @param {StagedPackage} staged
 * @param {{ manifest: Manifest, providers: ReadonlyMap<string, Provider>, own: readonly Control[] }} options
 */
function listDepends({ entry, python, requiresPython }, { manifest, providers, own }) {
  const translated = translateDepends({
    controls: own,
    own: entry.name,
    ignored: new Set(manifest.ignored),
    providers,
  });
  const pinned = (entry.depends ?? []).map((spec) => {
    const provider = [...providers.values()].find(({ name }) => name === spec);
    return provider?.pin === undefined
      ? spec
      : `${spec} >=${provider.version},<${upperBound(provider.version, provider.pin)}`;
  });
  const unwanted = [...(entry.without ?? []), ...(entry.interpreter === true ? [] : ['python'])];
  const others = translated.filter((spec) => !unwanted.includes(spec.replace(/ .*/, '')));
  const abi = `cp${manifest.python.replace('.', '')}`;
  const pythons =
    entry.interpreter === true || python === 'none'
      ? []
      : python === 'any'
        ? [`python ${requiresPython}`.trimEnd()]
        : [
            `python >=${manifest.python},<${upperBound(manifest.python, 'x.x')}`,
            `python_abi ${manifest.python}.* *_${abi}`,
          ];
  return [...new Set([...others, ...pinned, ...pythons])].sort();
}

/** @param {PackageEntry} entry @param {ReadonlyMap<string, Control>} controls */
function packageVersion(entry, controls) {
  return entry.version ?? condaVersion(debianVersion(entry, controls));
}

/** @param {PackageEntry} entry @param {ReadonlyMap<string, Control>} controls */
function debianVersion(entry, controls) {
  return controls.get(entry['version-of'] ?? entry.debs?.[0] ?? '')?.version ?? '';
}
