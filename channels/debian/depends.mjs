// From Debian's relations between packages to conda's.
import { condaVersion, upperBound } from './version.mjs';

/**
 * @typedef {import('./unpack.mjs').Control} Control
 * @typedef {{ name: string, operator: string, version: string }} Relation version: in conda's form, '' for any
 * @typedef {{ name: string, version: string, pin: string | undefined }} Provider a package of the channel
 */

/**
 * The specs that say in conda's words what some Debian packages ask for, sorted.
 * @param {{ controls: readonly Control[], own: string, ignored: ReadonlySet<string>,
 *   providers: ReadonlyMap<string, Provider> }} options own: the conda name of the package itself, ignored and
 *   providers: by Debian name, with or without `:any`
 * @returns {string[]}
 * @throws when nothing in the channel answers a relation
 */
export function translateDepends({ controls, own, ignored, providers }) {
  /** @type {Map<string, { provider: Provider | undefined, relations: Relation[] }>} */
  const wanted = new Map();
  for (const control of controls) {
    for (const clause of control.relations.split(',').filter((text) => text.trim() !== '')) {
      const choices = clause.split('|').map(parseRelation);
      if (choices.some(({ name }) => ignored.has(name))) continue;
      const choice = choices.find(({ name }) => name === 'libc6' || providers.has(name));
      if (choice === undefined) {
        throw new Error(
          `${control.name} depends on ${clause.trim()}, which no package of the channel answers`,
        );
      }
      const provider = providers.get(choice.name);
      const name = provider?.name ?? '__glibc';
      if (name === own) continue;
      const group = wanted.get(name) ?? { provider, relations: [] };
      group.relations.push(choice);
      wanted.set(name, group);
    }
  }
  return [...wanted].map(([name, { provider, relations }]) => formatSpec(name, provider, relations)).sort();
}

/** @param {string} text `name[:any] [(op version)]` @returns {Relation} */
function parseRelation(text) {
  const match = /^\s*([^\s:(]+)(?::\w+)?\s*(?:\(([<>=]+)\s*([^)]+)\))?/.exec(text);
  return {
    name: match?.[1] ?? '',
    operator: match?.[2] ?? '',
    version: match?.[3] === undefined ? '' : condaVersion(match[3]),
  };
}

/**
 * @param {string} name
 * @param {Provider | undefined} provider undefined for glibc
 * @param {readonly Relation[]} relations
 */
function formatSpec(name, provider, relations) {
  const exact = relations.find(({ operator }) => operator === '=');
  if (exact !== undefined) return `${name} ==${exact.version}`;
  const lower = relations
    .filter(({ operator }) => operator.startsWith('>'))
    .map(({ version }) => version)
    .sort(compareNumbers)
    .at(-1);
  const upper = relations.find(({ operator }) => operator.startsWith('<'));
  const bounds = [
    ...(lower !== undefined ? [`>=${lower}`] : provider?.pin !== undefined ? [`>=${provider.version}`] : []),
    ...(upper !== undefined
      ? [`<${upper.version}`]
      : provider?.pin !== undefined
        ? [`<${upperBound(provider.version, provider.pin)}`]
        : provider === undefined
          ? ['<3.0.a0']
          : []),
  ];
  return [name, bounds.join(',')].join(' ').trimEnd();
}

/** @param {string} a @param {string} b */
function compareNumbers(a, b) {
  const [left, right] = [a, b].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
