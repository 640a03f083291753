import type { RepoDataRecord } from '../model/package-record.ts';
import { TOOL } from '../model/tool.ts';

/** The four lines that stand above both kinds of list, so that a reader knows what to do with the file. */
export function exportHeader(subdir: string): readonly string[] {
  return [
    '# This file may be used to create an environment using:',
    '# $ conda create --name <env> --file <this file>',
    `# platform: ${subdir}`,
    `# created-by: ${TOOL.name} ${TOOL.version}`,
  ];
}

/** One line of `list --export`. */
export function formatExportLine(record: RepoDataRecord): string {
  return `${record.name}=${record.version}=${record.build}`;
}

/** One line of `list --explicit`, with the wanted digest behind `#`. */
export function formatExplicitLine(record: RepoDataRecord, digest: 'md5' | 'sha256' | undefined): string {
  if (record.url === '') return `# no URL for: ${record.fn}`;
  const hash = digest === undefined ? undefined : record[digest];
  // Other tools read these lines as well, and to some of them a blank ends a URL.
  const url = record.url.replaceAll(' ', '%20');
  return hash === undefined ? url : `${url}#${hash}`;
}
