/** What stands before and behind the lists, as conda indents: within a record no text can look like this at the start of a line. */
export const LISTS_START = ',\n  "files": [';
export const LISTS_END = ',\n  "link": {';

/** Where `files` and `paths_data` lie, if nothing else is between them and behind them only what begins with `link`. */
export function findLists(bytes: Buffer): { readonly start: number; readonly end: number } | undefined {
  const start = bytes.indexOf(LISTS_START);
  const end = bytes.lastIndexOf(LISTS_END);
  const paths = bytes.indexOf(KEY, start + LISTS_START.length);
  if (
    start < 0 ||
    end < paths ||
    paths < 0 ||
    bytes.compare(PATHS, 0, PATHS.length, paths, paths + PATHS.length) !== 0
  ) {
    return undefined;
  }
  return bytes.indexOf(KEY, paths + 1) === end + 1 ? { start, end } : undefined;
}

/** Keys of every record that stand before its lists. Older condas sort keys, which puts some of these between the lists. */
export const BEFORE_LISTS = [
  'name',
  'version',
  'build',
  'build_number',
  'channel',
  'subdir',
  'fn',
  'url',
  'depends',
] as const;

/** Whether a record, read without what is between the two, is in the order in which they are all there is between. */
export function hasListsLast(json: Readonly<Record<string, unknown>>): boolean {
  return BEFORE_LISTS.every((key) => key in json);
}

const KEY = Buffer.from('\n  "');
const PATHS = Buffer.from('\n  "paths_data": {');
