const RESERVED: ReadonlySet<string> = new Set([
  'PATH',
  'CONDA_PREFIX',
  'CONDA_SHLVL',
  'CONDA_DEFAULT_ENV',
  'CONDA_PROMPT_MODIFIER',
]);

/** The value in `conda-meta/state` of a variable that was set once and is unset now (CEP 32). */
export const UNSET_VARIABLE = '***unset***';

/** Whether activation sets the variable itself, so that no environment may. */
export function isReservedVariable(name: string): boolean {
  return RESERVED.has(name);
}
