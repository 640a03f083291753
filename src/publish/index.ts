export { compressPackage, type CompressOptions } from './compress-package.ts';
export {
  createPackage,
  type CreatedPackage,
  type CreatePackageOptions,
  type PackageMetadata,
} from './create-package.ts';
export { indexChannel, type IndexChannelOptions, type IndexedSubdir } from './index-channel.ts';
export { transmutePackage, type TransmuteOptions } from './transmute-package.ts';
