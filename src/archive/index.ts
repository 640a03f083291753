export type { ByteSource } from './byte-source.ts';
export { checkContents, type ContentChecks, DEFAULT_CHECKS } from './check-contents.ts';
export {
  type ArchiveFormat,
  createArchive,
  type CreateArchiveOptions,
  type PackedMember,
} from './create-archive.ts';
export { extractArchive, type ExtractArchiveOptions, type ExtractedTree } from './extract-archive.ts';
export { parseIndexJson } from './index-json.ts';
export { loadInfoFiles, readInfoFiles } from './info-files.ts';
export type { ArchiveLimits } from './limits.ts';
export { type ArchiveMember, listArchive, type ListArchiveOptions } from './list-archive.ts';
export {
  type ArchiveInfo,
  loadIndexJson,
  loadPackageInfo,
  parsePackageInfo,
  readPackageInfo,
} from './package-info.ts';
export { parseMemberPath } from './safe-path.ts';
export { sizeOf } from './size-of.ts';
export { type VerifiedPackage, verifyPackage } from './verify-package.ts';
