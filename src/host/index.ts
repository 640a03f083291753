export { currentHost } from './current-host.ts';
export type { Host } from './host.ts';
export { nativeSubdir } from './native-subdir.ts';
export { detectVirtualPackages, type VirtualOverrides } from './virtual-packages.ts';
