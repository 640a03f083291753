import { osOfSubdir } from '../model/subdir.ts';

const SELECTOR = /^(\s*-\s.*?)\s#\s*\[([^[\]]*)\]\s*$/;
const TOKEN = /\s*([()]|[a-z][a-z0-9_-]*)/y;

/**
 * The text without the list items whose comment selects other platforms: `- foo  # [linux]`, with `and`, `or`, `not` and
 * parentheses. Lines keep their numbers. A comment in brackets that is no such expression is a comment.
 */
export function selectLines(text: string, subdir: string): string {
  if (!text.includes('#')) return text;
  const facts = platformFacts(subdir);
  return text
    .split('\n')
    .map((line) => {
      const expression = SELECTOR.exec(line)?.[2];
      return expression === undefined || evaluate(expression, facts) !== false ? line : '';
    })
    .join('\n');
}

/** Whether `sel(linux): foo` selects this platform; undefined for a word that names no platform. */
export function selectsPlatform(word: string, subdir: string): boolean | undefined {
  return ['unix', 'linux', 'osx', 'win'].includes(word) ? platformFacts(subdir).get(word) : undefined;
}

const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  '64': ['x86', 'x86_64'],
  '32': ['x86', 'x86_32'],
  aarch64: ['aarch64'],
  arm64: ['arm64'],
  armv6l: ['armv6l'],
  armv7l: ['armv7l'],
  ppc64le: ['ppc64le'],
  ppc64: ['ppc64'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
};

function platformFacts(subdir: string): ReadonlyMap<string, boolean> {
  const [, architecture = ''] = subdir.split('-');
  const names = ['linux', 'osx', 'win'];
  const os = osOfSubdir(subdir);
  const known = new Map<string, boolean>([['unix', os === 'linux' || os === 'osx']]);
  for (const name of names) {
    known.set(name, os === name);
    for (const bits of ['32', '64']) known.set(`${name}${bits}`, os === name && architecture === bits);
    // As in `# [linux-64]`: the platform itself.
    for (const one of Object.keys(ARCHITECTURES)) known.set(`${name}-${one}`, subdir === `${name}-${one}`);
  }
  for (const name of Object.values(ARCHITECTURES).flat()) known.set(name, false);
  for (const name of ARCHITECTURES[architecture] ?? []) known.set(name, true);
  return known;
}

/** Undefined when it is no expression of known words. */
function evaluate(expression: string, facts: ReadonlyMap<string, boolean>): boolean | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  let end = 0;
  for (let match = TOKEN.exec(expression); match !== null; match = TOKEN.exec(expression)) {
    tokens.push(match[1] ?? '');
    end = TOKEN.lastIndex;
  }
  if (expression.slice(end).trim() !== '') return undefined;
  const result = parseOr(tokens, facts);
  return tokens.length === 0 ? result : undefined;
}

/** Each takes what it reads off the front of `tokens`. */
function parseOr(tokens: string[], facts: ReadonlyMap<string, boolean>): boolean | undefined {
  let value = parseAnd(tokens, facts);
  while (tokens[0] === 'or') {
    tokens.shift();
    const right = parseAnd(tokens, facts);
    value = value === undefined || right === undefined ? undefined : value || right;
  }
  return value;
}

function parseAnd(tokens: string[], facts: ReadonlyMap<string, boolean>): boolean | undefined {
  let value = parseTerm(tokens, facts);
  while (tokens[0] === 'and') {
    tokens.shift();
    const right = parseTerm(tokens, facts);
    value = value === undefined || right === undefined ? undefined : value && right;
  }
  return value;
}

function parseTerm(tokens: string[], facts: ReadonlyMap<string, boolean>): boolean | undefined {
  const token = tokens.shift();
  if (token === 'not') {
    const value = parseTerm(tokens, facts);
    return value === undefined ? undefined : !value;
  }
  if (token === '(') {
    const value = parseOr(tokens, facts);
    return tokens.shift() === ')' ? value : undefined;
  }
  return token === undefined ? undefined : facts.get(token);
}
