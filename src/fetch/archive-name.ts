/** `.conda` or `.tar.bz2`, and what stands before; undefined for a file name that is no archive's. */
export function splitArchiveName(
  fn: string,
): { readonly stem: string; readonly extension: '.conda' | '.tar.bz2' } | undefined {
  for (const extension of ['.conda', '.tar.bz2'] as const) {
    if (fn.endsWith(extension) && fn.length > extension.length) {
      return { stem: fn.slice(0, -extension.length), extension };
    }
  }
  return undefined;
}
