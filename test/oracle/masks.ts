import { stripVTControlCharacters } from 'node:util';

/** With every line and blank as it is, at a terminal's end or not. */
export function maskPlaces(text: string): string {
  return text.split('\n').map(maskLine).join('\n');
}

/** The same without progress, blank lines and blanks at the ends of lines. */
export function maskText(text: string): string {
  const lines = onTerminal(text)
    .replace(UNSET_IN_XONSH, '')
    .split('\n')
    .filter((line) => !isProgress(line) && !isOfClient(line))
    .map((line) => maskLine(line).trimEnd());
  // Where progress stood there are blank lines.
  return lines
    .join('\n')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

/** What a terminal shows of it, near enough: what was drawn over goes, and what was typed stays. */
function onTerminal(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n'))
    .split('\n')
    .map((line) => line.replace(/^.*\r(?=.)/, '').replace(/[-/|\\] [\b]{2}|[\b\r]/g, ''))
    .join('\n');
}

const PROGRESS: readonly RegExp[] = [
  /\d+%.*\[.*it\/s\]/,
  /^Loading channels: /,
  /^Searching environments for /,
  /^(Downloading packages|Extracting packages|Linking packages): /,
  /^(Preparing|Verifying|Executing) transaction: done$/,
  /^Downloading and Extracting Packages:$/,
  /^Reverting to revision \d+: /,
  /^done$/,
  /^Retrieving notices: /,
  /^Channels:$/,
  /^ - \S+$/,
  /^Platform: \S+$/,
  /^(Collecting package metadata|Reloading cached repodata|Getting repodata)/,
  /^Solving environment: /,
  /^(Downloading and Extracting Packages|Preparing transaction|Verifying transaction|Executing transaction): /,
  /^(Downloaded|Extracted|Linked|Solved|Read|Indexed|Fetched) /i,
];

function isProgress(line: string): boolean {
  return PROGRESS.some((pattern) => pattern.test(line));
}

/** Where the program itself is, which conda's shells have in six variables and ours in one. */
const CLIENT_VARIABLES = '_?CONDA_EXE|_CE_M|_CE_CONDA|CONDA_PYTHON_EXE|_CONDA_ROOT|TCONDA_EXE';
const OF_CLIENT = new RegExp(
  `^(?:export |set -gx |set -e |setenv |unsetenv |\\$Env:|\\$|del \\$|unset |@SET "?)(?:${CLIENT_VARIABLES})\\b`,
);
/** xonsh minds when a variable is unset that is not set. */
const UNSET_IN_XONSH = new RegExp(
  `^try:\\n {4}del \\$(?:${CLIENT_VARIABLES})\\nexcept KeyError:\\n {4}pass\\n`,
  'gm',
);
/** The name of such a variable. */
export const CLIENT_NAME = new RegExp(`^(?:${CLIENT_VARIABLES})$`);

function isOfClient(line: string): boolean {
  return OF_CLIENT.test(line);
}

/** What is another each time: times, versions, the name of the program. */
export function maskLine(line: string): string {
  return (
    line
      .replace(/\btconda\b/g, 'conda')
      .replace(/\bconda (?:26\.7\.\d|0\.1\.0)\b/g, 'conda VERSION')
      .replace(/\b26\.7\.\d\b/g, 'VERSION')
      .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00)?/g, 'TIME')
      .replace(/^\/tmp\/[\w-]+\.env$/g, '/tmp/FILE.env')
      .replace(/^# cmd: .*$/gm, '# cmd: CMD')
      // Ours say why a package comes.
      .replace(/^( {2}\S.*?) +(?:requested|dep of \S+(?: and \d+ more)?)$/, '$1')
  );
}

/** Errors as names, first sentences and lists: what follows is advice, and ours is our own. */
export function maskErrors(text: string): string {
  return maskText(text)
    .split('\n')
    .filter(isSubstance)
    .map((line) => line.replace(/\.(?: .*)?$/, ''))
    .join('\n');
}

/** The first line, and the lists that belong to it. */
export function withoutAdvice(text: string): string {
  const [first = '', ...more] = maskText(text).split('\n');
  return [first, ...more.filter(isSubstance)].join('\n');
}

function isSubstance(line: string): boolean {
  return (
    /^\w+(Error|Exception|Exit|Channel|Found|Denied|Allowed|Warning|WARNING)\b/.test(line) ||
    /^ +(- |[└├│])/.test(line)
  );
}
