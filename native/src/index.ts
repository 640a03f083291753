export { ACTION, CLEAN_DEPS, SELECT, type RuleName } from './abi.ts';
export { loadLibsolv, type Libsolv, type LibsolvModule } from './load.ts';
export {
  Pool,
  type PoolAnswer,
  type PoolInput,
  type PoolJob,
  type Repository,
  type Rule,
  type Solvable,
  type SolveOptions,
} from './pool.ts';
