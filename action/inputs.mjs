// What the inputs of the action mean. Computes only.

/**
 * @typedef {object} Setup
 * @property {string} name of the environment; empty where the file says it
 * @property {readonly string[]} args of `tconda create`
 * @property {readonly string[]} shells to prepare
 * @property {boolean} activates
 */

/**
 * What describes an environment: its absolute path, and its text.
 * @typedef {{ path: string, text: string }} EnvironmentFile
 */

/**
 * @param {Readonly<Record<string, string>>} inputs by their names in action.yml
 * @param {EnvironmentFile | undefined} file
 * @returns {Setup}
 */
export function readInputs(inputs, file) {
  for (const [key, value] of Object.entries(inputs)) {
    // Each would be two lines for the runner.
    if (!LISTS.has(key) && /[\n\r]/.test(value.trim())) throw new Error(`${key}: has a line break in it`);
  }
  const name = inputs['environment-name'] ?? '';
  const channels = splitWords(inputs['channels'] ?? '');
  const python = inputs['python-version'] ?? '';
  const specs = splitWords(inputs['create-args'] ?? '');
  const shells = splitWords(inputs['init-shell'] ?? '').filter((shell) => shell !== 'none');
  const ownName = name === '' && !hasName(file) ? 'ci' : name;
  return {
    name: ownName,
    args: [
      'create',
      '--yes',
      '--json',
      '--replace',
      ...(ownName === '' ? [] : ['--name', ownName]),
      ...(file === undefined ? [] : ['--file', file.path]),
      ...(channels.length === 0 ? [] : ['--override-channels']),
      ...channels.flatMap((channel) => ['--channel', channel]),
      ...(python === '' ? [] : [`python=${python}`]),
      ...specs,
    ],
    shells,
    activates: readSwitch('activate', inputs['activate'] ?? 'true'),
  };
}

/** Inputs of any number of lines. */
const LISTS = new Set(['create-args', 'channels', 'condarc', 'init-shell']);

/**
 * Whether a file says where its environment is.
 * @param {EnvironmentFile | undefined} file
 */
function hasName(file) {
  return (
    file !== undefined &&
    /\.ya?ml$/i.test(file.path) &&
    /^(?:name|prefix)[ \t]*:[ \t]*[^#\s]/m.test(file.text)
  );
}

/**
 * The cache's key ends with a digest of what was asked for: another wish has another key, and begins with the newest cache of
 * the same period.
 * @param {Readonly<Record<string, string>>} inputs
 * @param {{ platform: string, digest: string, now: Date }} run
 */
export function cacheKeys(inputs, { platform, digest, now }) {
  if (/,/.test(inputs['cache-key'] ?? '')) throw new Error('cache-key: no key of a cache has a comma in it');
  const beginning = [
    inputs['cache-key'] || 'tconda',
    platform,
    period(inputs['cache-period'] || 'week', now),
  ];
  return { key: [...beginning, digest].join('-'), restoreKeys: [`${beginning.join('-')}-`] };
}

/**
 * @param {string} text
 * @param {Date} now
 */
function period(text, now) {
  const day = now.toISOString().slice(0, 10);
  if (text === 'day') return day;
  if (text === 'month') return day.slice(0, 7);
  // Weeks begin on Monday.
  if (text === 'week') {
    const back = (now.getUTCDay() + 6) % 7;
    return new Date(now.getTime() - back * 86_400_000).toISOString().slice(0, 10);
  }
  throw new Error(`cache-period: '${text}' is none of day, week, month`);
}

/**
 * @param {string} name
 * @param {string} text
 */
function readSwitch(name, text) {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Error(`${name}: '${text}' is neither true nor false`);
}

/**
 * Words as in a shell: blanks and lines divide, quotes hold together, a `#` before a word begins a comment, a backslash before
 * the end of a line continues it. Nothing is expanded.
 * @param {string} given
 * @returns {readonly string[]}
 */
export function splitWords(given) {
  const text = given.replaceAll(
    /("[^"]*"|'[^']*')|(?<=^|\s)#[^\n]*|(?<=^|\s)\\\r?$/gm,
    (_, quoted) => quoted ?? '',
  );
  const words = [];
  const pattern = /\s*((?:[^\s"']+|"[^"]*"|'[^']*')+)\s*/gy;
  let at = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    words.push((match[1] ?? '').replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
    at = pattern.lastIndex;
  }
  if (text.slice(at).trim() !== '') throw new Error(`a quote is not closed: ${text.slice(at).trim()}`);
  return words;
}
