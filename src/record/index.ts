export { checkWritable } from './check-writable.ts';
export { isCopyOf, markAsCopy, removeCopyMark } from './copy-mark.ts';
export {
  findLeftListed,
  listEnvironments,
  registerEnvironment,
  unregisterEnvironment,
} from './environments-file.ts';
export { formatPrefixRecord } from './format-prefix-record.ts';
export {
  type HistoryEntry,
  packageSources,
  parseRevisions,
  requestedSpecs,
  type Revision,
} from './history.ts';
export { copyPlaceOf, execPlaceOf, findLeftBeside, holdPlace, removedPlaceOf } from './left-beside.ts';
export { loadPrefix, type LoadPrefixOptions } from './load-prefix.ts';
export { type PrefixLockOptions, recoverPrefix, withPrefixHeld, withPrefixLock } from './prefix-lock.ts';
export {
  findPythonDistributions,
  listDistributionFiles,
  normalizeDistributionName,
  type PythonDistribution,
} from './python-distributions.ts';
export { historySize, readHistory } from './read-history.ts';
export { recordTransaction, type RecordTransactionOptions } from './record-transaction.ts';
export { replaceContent } from './replace-content.ts';
export { settlePrefix } from './settle-prefix.ts';
export { formatState, readStateVariables, STATE_FILE, updateStateVariables } from './state-file.ts';
export { untilUnchanged } from './until-unchanged.ts';
