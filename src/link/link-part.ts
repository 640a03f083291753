import type { PythonLayout } from '../model/python-paths.ts';
import { linkFile } from './link-file.ts';
import { type LinkPackageOptions, makeFile } from './link-package.ts';
import type { PlannedFile, PlannedPackage } from './planned-package.ts';

/** A package in a form that a thread is quickly told. */
export interface LinkPart {
  readonly options: LinkPackageOptions;
  /** The subdir of the package's record, and the python it is for. */
  readonly of: { readonly subdir: string; readonly python: PythonLayout | undefined };
  /** The extracted package. */
  readonly directory: string;
  /**
   * Of the files that only get another name: that relative to the package, and that relative to the place, a NUL between all; the
   * second empty where they are the same.
   */
  readonly plain: string;
  /** All others, as JSON, which travels faster than objects. */
  readonly special: string;
}

/** A package for a thread, and which files its answer numbers. */
export interface LinkOrder {
  readonly part: LinkPart;
  readonly special: readonly PlannedFile[];
}

/** Most of the files of a package are plain. */
export function toLinkOrder(planned: PlannedPackage, options: LinkPackageOptions): LinkOrder {
  const { directory } = planned.package;
  const names: string[] = [];
  const special: PlannedFile[] = [];
  for (const file of planned.files) {
    const path = file.entry?._path ?? '';
    if (isPlain(file)) names.push(path, file.place === path ? '' : file.place);
    else special.push(file);
  }
  const plain = names.join('\0');
  const of = { subdir: planned.record.subdir, python: planned.python };
  return { part: { options, of, directory, plain, special: JSON.stringify(special) }, special };
}

/** Makes the files. @returns the digests of special files whose content is not as shipped, by their number */
export function linkPart({ options, of, directory, plain, special }: LinkPart): ReadonlyMap<number, string> {
  const names = plain.split('\0');
  for (let at = 0; at + 1 < names.length; at += 2) {
    const name = names[at] ?? '';
    linkFile(`${directory}/${name}`, `${options.place}/${names[at + 1] || name}`, options.method);
  }
  const digests = new Map<number, string>();
  for (const [index, file] of (JSON.parse(special) as PlannedFile[]).entries()) {
    const digest = makeFile(file, of, `${options.place}/${file.place}`, options);
    if (digest !== undefined) digests.set(index, digest);
  }
  return digests;
}

function isPlain({ target, entry, entryPoint }: PlannedFile): boolean {
  if (target !== undefined || entryPoint !== undefined || entry === undefined) return false;
  return entry.prefix_placeholder === undefined && entry.no_link !== true;
}
