import { TcondaError } from '../errors.ts';
import { channelMembers } from '../model/channel-list.ts';
import { type Channel, parseChannel, subdirUrl, type ChannelSettings } from '../model/channel.ts';
import { joinUrl, hasScheme } from '../model/channel-url.ts';
import { pathToUrl } from '../model/file-url.ts';
import { parsePackageName } from '../model/package-name.ts';
import type { Md5, RepoDataRecord, Sha256 } from '../model/package-record.ts';
import { platformOfHeader, specLines } from './spec-lines.ts';

/** A list of archives (CEP 23). No solver takes part in installing it. */
export interface ExplicitFile {
  /**
   * In the order of the file. What only the archive itself knows (dependencies, the kind of noarch) is empty, the
   * build number is read off the build.
   */
  readonly records: readonly RepoDataRecord[];
  /** Those of them whose URLs have credentials, with these: the records have none. */
  readonly channels: readonly Channel[];
  /** The platform that the header names. */
  readonly platform: string | undefined;
}

/** What the lines of the file are relative to. */
export interface ExplicitPaths {
  readonly channels: ChannelSettings;
  /** For `$NAME` in the lines. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const LINE = /^(.*?)(?:#(?:(?:sha256:)?([0-9a-f]{64})|([0-9a-f]{32})))?$/;
const ARCHIVE = /^(.+)-([^-]+)-([^-]+)(?:\.tar\.bz2|\.conda)$/;
const MARKER = '@EXPLICIT';

/** Whether a text is a list of archives and not of specs. */
export function isExplicitFile(text: string): boolean {
  return specLines(text).some(({ line }) => line === MARKER);
}

/**
 * Reads a list of archives, by URL or path, each with its digest or without. Credentials in a URL don't come along.
 *
 * @param name of the file, for messages
 * @throws {TcondaError} `INVALID_SPEC_FILE`, naming the line
 */
export function parseExplicitFile(text: string, paths: ExplicitPaths, name = 'the file'): ExplicitFile {
  const read = specLines(text)
    .filter(({ line }) => line !== MARKER)
    .map(({ line, number }) => {
      const archive = parseArchive(line, paths);
      if (archive === undefined) {
        throw new TcondaError(
          'INVALID_SPEC_FILE',
          `Line ${number} of ${name} is no URL or path of a package`,
          {
            hint: 'Each line is the URL of a .conda or .tar.bz2 file, with #md5 or #sha256:... behind it or not',
          },
        );
      }
      return archive;
    });
  const channels = read.map(({ channel }) => channel).filter(({ credentials }) => credentials !== undefined);
  return { records: read.map(({ record }) => record), channels, platform: platformOfHeader(text) };
}

/** One archive, as a line names it; undefined when it names none. */
function parseArchive(
  line: string,
  { channels, env }: ExplicitPaths,
): { readonly record: RepoDataRecord; readonly channel: Channel } | undefined {
  const [, place = '', sha256, md5] = LINE.exec(line) ?? [];
  const expanded = place.replaceAll(
    /\$(?:\{([^{}]+)\}|(\w+))/g,
    (written, braced: string | undefined, bare: string | undefined) => env[braced ?? bare ?? ''] ?? written,
  );
  const url = hasScheme(expanded) ? expanded : pathToUrl(expanded, channels);
  const channel = parseChannel(url, channels);
  const { fileName, subdir } = channel;
  const [, distName = '', version, build] = ARCHIVE.exec(fileName ?? '') ?? namelessArchive(fileName, subdir);
  const [base] = channelMembers(channel, channels);
  if (fileName === undefined || version === undefined || build === undefined || base === undefined)
    return undefined;
  const record: RepoDataRecord = {
    name: parsePackageName(distName),
    version,
    build,
    build_number: Number(/\d+$/.exec(build)?.[0] ?? 0),
    subdir: subdir ?? 'noarch',
    depends: [],
    constrains: [],
    fn: fileName,
    url: joinUrl(subdir === undefined ? base.baseUrl : subdirUrl(base, subdir), fileName),
    channel: base.baseUrl,
    schannel: base.canonicalName,
    isUnread: true,
    ...(sha256 === undefined ? {} : { sha256: sha256 as Sha256 }),
    ...(md5 === undefined ? {} : { md5: md5 as Md5 }),
  };
  return { record, channel: base };
}

/** An archive outside of any channel may have any name: what it is stands inside, and takes the place of this. */
function namelessArchive(fileName: string | undefined, subdir: string | undefined): readonly string[] {
  const stem =
    subdir === undefined ? /^(\w[\w.-]*?)(?:\.tar\.bz2|\.conda)$/.exec(fileName ?? '')?.[1] : undefined;
  return stem === undefined ? [] : ['', stem.toLowerCase(), '0', '0'];
}
