export type { CondaLock, LockedPackage } from './conda-lock.ts';
export { lockedArchives, type LockChoice } from './locked-archives.ts';
export type { MambaLock, MambaLockPackage } from './mamba-lock.ts';
export { isLockFile, type LockFile, parseLockFile } from './parse-lock-file.ts';
export type { PixiEnvironment, PixiLock, PixiPackage } from './pixi-lock.ts';
