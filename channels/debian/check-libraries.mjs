/**
 * Every library that a package's files ask for is in that package, in one it depends on, or on every host.
 * @param {readonly { name: string, depends: readonly string[], libraries: import('./rpath.mjs').Libraries }[]} packages
 * @param {readonly string[]} host sonames
 * @throws naming all that are not, with the file that asks
 */
export function checkLibraries(packages, host) {
  const missing = packages.flatMap(({ name, depends, libraries }) => {
    const names = new Set([name, ...depends.map((spec) => spec.split(' ')[0])]);
    const near = packages.filter((other) => names.has(other.name));
    const found = new Set([...host, ...near.flatMap((other) => [...other.libraries.sonames])]);
    return [...libraries.needed]
      .filter(([soname]) => !found.has(soname))
      .map(([soname, path]) => `${name}: ${path} needs ${soname}`);
  });
  if (missing.length > 0) throw new Error(`no dependency provides some libraries\n${missing.join('\n')}`);
}
