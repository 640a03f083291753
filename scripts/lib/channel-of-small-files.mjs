// The channel that linking is measured with.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** 200 packages with 150 files each, of which 15 name their prefix. */
export const SMALL_FILES = { packages: 200, files: 150, placeholders: 15 };

/**
 * Two versions of so many packages with so many files, small ones as most files of packages are.
 * @param {string} directory
 * @param {{ createPackage: (options: object) => Promise<unknown>, indexChannel: (directory: string) => Promise<unknown> }} library
 */
export async function makeSmallFiles(directory, { createPackage, indexChannel }) {
  const beside = `${directory}.new`;
  rmSync(beside, { recursive: true, force: true });
  const placeholder = `/opt/${'placehold_'.repeat(30)}`.slice(0, 255);
  for (const version of ['1.0', '2.0']) {
    for (let index = 0; index < SMALL_FILES.packages; index += 1) {
      const tree = mkdtempSync(path.join(tmpdir(), 'tconda-bench-tree-'));
      for (let file = 0; file < SMALL_FILES.files; file += 1) {
        const place = path.join(tree, 'lib', `part-${index}`, `group-${file % 8}`, `file-${file}.txt`);
        mkdirSync(path.dirname(place), { recursive: true });
        const text = `${index} ${file} ${version}\n`.repeat(20 + (file % 7) * 40);
        const home = file < SMALL_FILES.placeholders ? `home = ${placeholder}/lib\n` : '';
        writeFileSync(place, `${home}${text}${home}`);
      }
      const name = `part-${index}`;
      await createPackage({
        tree,
        placeholder,
        level: 3,
        outputDirectory: path.join(beside, 'noarch'),
        index: { name, version, build: '0', subdir: 'noarch', noarch: 'generic', license: 'MIT' },
      });
      rmSync(tree, { recursive: true, force: true });
    }
  }
  await indexChannel(beside);
  renameSync(beside, directory);
}
