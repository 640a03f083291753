import type { PrefixRecord } from '../model/prefix-record.ts';

/** The lists of files of a record. */
export type Lists = Pick<PrefixRecord, 'files' | 'paths_data'>;

/**
 * Makes a record whole with lists that are loaded at the first look at one of them. Takes the record itself, not a copy.
 * @param load may throw, and is then asked again at the next look
 */
export function withLists(record: Omit<PrefixRecord, keyof Lists>, load: () => Lists): PrefixRecord {
  LISTS.set(record, load);
  // Getters of its own would give each record a layout of its own, which takes longer than all else about it.
  Object.defineProperty(record, 'files', FILES);
  return Object.defineProperty(record, 'paths_data', PATHS_DATA) as PrefixRecord;
}

const LISTS = new WeakMap<object, Lists | (() => Lists)>();
const FILES = {
  enumerable: true,
  configurable: true,
  get(this: object) {
    return listsOf(this).files;
  },
};
const PATHS_DATA = {
  enumerable: true,
  configurable: true,
  get(this: object) {
    return listsOf(this).paths_data;
  },
};

function listsOf(record: object): Lists {
  const found = LISTS.get(record);
  if (typeof found === 'object') return found;
  if (found === undefined) throw new TypeError('a record is copied with its values, not inherited from');
  const lists = found();
  LISTS.set(record, lists);
  return lists;
}
