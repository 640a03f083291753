import { join } from 'node:path';
import { PLACEHOLDER } from './placeholder.mjs';
import { upperBound } from './version.mjs';

/** Of zstd: packages are made once and read seldom, but the wait for them is real. */
const LEVEL = 9;

/**
 * Writes the archive of a staged package into its subdir of the channel.
 * @param {typeof import('../../src/publish/index.ts').createPackage} createPackage
 * @param {{ staged: import('./stage.mjs').StagedPackage, index: ReturnType<typeof import('./record.mjs').createIndexJson>,
 *   controls: ReadonlyMap<string, import('./unpack.mjs').Control>, channel: string }} options
 */
export async function writePackage(createPackage, { staged, index, controls, channel }) {
  const { entry, entryPoints, licenses } = staged;
  const origins = (entry.debs ?? []).flatMap((name) => controls.get(name) ?? []);
  const home = origins.find(({ homepage }) => homepage !== '')?.homepage;
  await createPackage({
    tree: staged.tree,
    index,
    outputDirectory: join(channel, index.subdir),
    level: LEVEL,
    placeholder: PLACEHOLDER,
    entryPoints,
    about: {
      license: entry.license,
      summary: entry.summary,
      ...(home === undefined ? {} : { home }),
      extra: { debian: Object.fromEntries(origins.map(({ name, version }) => [name, version])) },
    },
    ...(entry.pin === undefined
      ? {}
      : {
          runExports: {
            weak: [`${entry.name} >=${index.version},<${upperBound(index.version, entry.pin)}`],
          },
        }),
    info: Object.fromEntries(licenses.map(({ name, text }) => [`licenses/${name}`, text])),
  });
}
