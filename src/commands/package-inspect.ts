import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { ArchiveInfo } from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import { writeHashed } from '../io/hashed-file.ts';
import type { HttpClient } from '../io/http.ts';
import { openRemoteFile } from '../io/http-ranges.ts';
import { stripUrl } from '../io/url-secrets.ts';
import { formatSize } from '../report/size.ts';
import { archivePath, isRemote } from './archive-operand.ts';
import type { CommandSpec } from './command.ts';
import { networkOptions } from './options.ts';
import { withOutside } from './outside.ts';
import { plainText } from '../report/plain-text.ts';
import { loadSettings } from './settings.ts';

export const packageInspect: CommandSpec = {
  summary: 'Show what a package says of itself',
  description:
    'Shows the metadata of a .conda or .tar.bz2 file, on the disk or at a URL. Of a .conda on a server only the part that holds ' +
    'the metadata is read. Nothing in it is compared with its files: see package verify.',
  operands: ['<package>'],
  options: [networkOptions],
  examples: [
    'tconda package inspect zlib-1.3-h0_0.conda',
    'tconda package inspect https://example.org/noarch/six-1.16-py_0.conda --json',
  ],
  async run([place = ''], options, context) {
    const { readPackageInfo } = await import('../archive/index.ts');
    const local = isRemote(place) ? undefined : archivePath(place, context.host.cwd);
    const { info, size } =
      local === undefined
        ? await withOutside(await loadSettings(options, context), context, ({ http }) =>
            loadRemote(http, place),
          )
        : { info: await readPackageInfo(local), size: statSync(local).size };
    const { index, about, link, paths, runExports } = info;
    return {
      kind: 'output',
      json: {
        success: true,
        package: local ?? stripUrl(place),
        size,
        index,
        about,
        link,
        run_exports: runExports,
        paths,
      },
      lines: formatInfo(info, size).map(plainText),
    };
  },
};

async function loadRemote(http: HttpClient, url: string): Promise<{ info: ArchiveInfo; size: number }> {
  const { loadInfoFiles, parsePackageInfo, readPackageInfo } = await import('../archive/index.ts');
  const name = new URL(url).pathname.split('/').at(-1) ?? '';
  if (name.endsWith('.conda')) {
    const source = await openRemoteFile(http, url);
    if (source !== undefined) {
      try {
        return { info: parsePackageInfo(await loadInfoFiles(source)), size: source.size };
      } catch (error) {
        if (!(error instanceof TcondaError)) throw error;
        throw new TcondaError(error.code, `${stripUrl(url)}: ${error.message}`, { cause: error });
      }
    }
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'tconda-inspect-'));
  try {
    const file = path.join(directory, 'package');
    const { body } = await http.get(url);
    const { size } = await writeHashed(file, body, { md5: false });
    return { info: await readPackageInfo(file), size };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function formatInfo({ index, about, paths }: ArchiveInfo, size: number): readonly string[] {
  const { summary } = about;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['name', index.name],
    ['version', index.version],
    ['build', index.build],
    ['subdir', index.subdir],
    ['noarch', typeof index.noarch === 'string' ? index.noarch : undefined],
    ['license', index.license],
    ['summary', typeof summary === 'string' ? summary : undefined],
    ['timestamp', index.timestamp === undefined ? undefined : new Date(index.timestamp).toISOString()],
    ['size', formatSize(size)],
    ['files', String(paths.paths.length)],
    ['opened', formatSize(paths.paths.reduce((sum, entry) => sum + (entry.size_in_bytes ?? 0), 0))],
  ];
  return [
    ...rows.flatMap(([key, value]) => (value === undefined ? [] : [`${key.padEnd(10)} ${value}`])),
    ...index.depends.map((text) => `depends    ${text}`),
    ...index.constrains.map((text) => `constrains ${text}`),
  ];
}
