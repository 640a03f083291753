export {
  type ChangeSettings,
  createEnvironment,
  type CreateEnvironmentOptions,
  installPackages,
  type InstallOptions,
  removePackages,
  type RemoveOptions,
  updatePackages,
  type UpdateOptions,
} from './change.ts';
export { formatExplicitList } from './explicit-list.ts';
export type { EnvironmentTarget, LibraryOptions } from './library-options.ts';
export { searchPackages } from './search-packages.ts';
export { solve, type SolveSpecsOptions } from './solve.ts';
