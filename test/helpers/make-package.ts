import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { createPackage, type CreatedPackage, type CreatePackageOptions } from '../../src/publish/index.ts';

/** A file of a package: its text, or more about it. */
export type FileSpec =
  | string
  | { readonly content: string | Uint8Array; readonly mode?: number }
  | { readonly link: string }
  | { readonly directory: true };

export interface MakePackageOptions extends Partial<
  Omit<CreatePackageOptions, 'tree' | 'outputDirectory' | 'index'>
> {
  readonly files?: Readonly<Record<string, FileSpec>>;
  readonly index?: Partial<CreatePackageOptions['index']>;
}

/** Writes a real package into `directory`: `makePackage(dir, 'numpy 1.26 py312_0', { files: { 'lib/a.txt': 'a' } })`. */
export async function makePackage(
  directory: string,
  text: string,
  options: MakePackageOptions = {},
): Promise<CreatedPackage> {
  const [name = '', version = '1.0', build = '0'] = text.split(' ');
  const { files = {}, index, ...rest } = options;
  const tree = mkdtempSync(path.join(tmpdir(), 'tconda-make-'));
  try {
    layFiles(tree, files);
    return await createPackage({
      level: 1,
      ...rest,
      tree,
      outputDirectory: directory,
      index: {
        name,
        version,
        build,
        subdir: 'noarch',
        build_number: Number(/\d+$/.exec(build)?.[0] ?? 0),
        ...(index?.subdir === undefined || index.subdir === 'noarch' ? { noarch: 'generic' } : {}),
        ...index,
      },
    });
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

/** Writes files below `directory`. */
export function layFiles(directory: string, files: Readonly<Record<string, FileSpec>>): void {
  for (const [name, spec] of Object.entries(files)) {
    const target = path.join(directory, name);
    mkdirSync(path.dirname(target), { recursive: true });
    if (typeof spec === 'string') writeFileSync(target, spec);
    else if ('link' in spec) symlinkSync(spec.link, target);
    else if ('directory' in spec) mkdirSync(target, { recursive: true });
    else {
      writeFileSync(target, spec.content);
      if (spec.mode !== undefined) chmodSync(target, spec.mode);
    }
  }
}
