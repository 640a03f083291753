export { findLockProblem } from './file-locking.ts';
export { findPipClobbers } from './pip-clobbers.ts';
export { findUnfinished } from './unfinished.ts';
export { findUntracked } from './untracked-files.ts';
export { removePipClobbers } from './remove-clobbers.ts';
