import { TcondaError } from '../errors.ts';
import type { FileMode, PathEntry, PathsJson } from '../model/package-info.ts';
import { asCount, asFlag, asText, invalidInfo, JsonFields, parseJson, wrongField } from './json-fields.ts';
import { parseMemberPath } from './safe-path.ts';

/** The text that stood for the prefix before packages said which. */
const OLD_PLACEHOLDER = '/opt/anaconda1anaconda2anaconda3';

/**
 * Parses `info/paths.json` (CEP 34). Each path is checked: it stays below the prefix and outside `conda-meta/`, and occurs once.
 * @throws {TcondaError} `INVALID_PACKAGE_INFO`, `UNSAFE_ARCHIVE`
 */
export function parsePathsJson(text: string, where = 'info/paths.json'): PathsJson {
  const fields = new JsonFields(parseJson(text, where), where);
  const version = fields.get('paths_version');
  if (version !== 1) {
    throw new TcondaError(
      'INVALID_PACKAGE_INFO',
      `${where} is of unknown version ${JSON.stringify(version)}`,
      {
        hint: 'A newer tconda may read it',
      },
    );
  }
  const list = fields.get('paths');
  if (!Array.isArray(list)) throw fields.wrong('paths', 'a list');
  return {
    paths_version: 1,
    paths: unique(
      list.map((value: unknown) => parseEntry(value, where)),
      where,
    ),
  };
}

/** What packages had before `paths.json`. */
export interface LegacyPathFiles {
  readonly files: string;
  readonly has_prefix?: string;
  readonly no_link?: string;
  readonly no_softlink?: string;
  readonly isSymlink: (path: string) => boolean;
}

/**
 * Puts together what {@link parsePathsJson} would give from the older `info/files`, `has_prefix`, `no_link`.
 * @throws {TcondaError} `INVALID_PACKAGE_INFO`, `UNSAFE_ARCHIVE`
 */
export function parseLegacyPaths(legacy: LegacyPathFiles): PathsJson {
  const placeholders = parseHasPrefix(legacy.has_prefix ?? '');
  const noLink = new Set([...lines(legacy.no_link ?? ''), ...lines(legacy.no_softlink ?? '')]);
  const paths = lines(legacy.files).map((text): PathEntry => {
    const _path = checkedPath(text);
    return {
      _path,
      path_type: legacy.isSymlink(_path) ? 'softlink' : 'hardlink',
      ...placeholders.get(text),
      ...(noLink.has(text) ? { no_link: true } : {}),
    };
  });
  return { paths_version: 0, paths: unique(paths, 'info/files') };
}

interface Placeholder {
  readonly prefix_placeholder: string;
  readonly file_mode: FileMode;
}

/** Lines of `path`, or of `placeholder mode path`, each in quotes where it has spaces. @throws {TcondaError} `INVALID_PACKAGE_INFO` */
export function parseHasPrefix(text: string): ReadonlyMap<string, Placeholder> {
  const placeholders = new Map<string, Placeholder>();
  for (const line of lines(text)) {
    const [first, mode, path, ...more] = line.match(/"[^"]*"|'[^']*'|[^\s"']\S*/g)?.map(unquoted) ?? [];
    if (first !== undefined && mode === undefined) {
      placeholders.set(first, { prefix_placeholder: OLD_PLACEHOLDER, file_mode: 'text' });
    } else if (
      first !== undefined &&
      path !== undefined &&
      more.length === 0 &&
      (mode === 'text' || mode === 'binary')
    ) {
      placeholders.set(path, { prefix_placeholder: first, file_mode: mode });
    } else {
      throw invalidInfo('info/has_prefix', `has the line ${JSON.stringify(line)}`);
    }
  }
  return placeholders;
}

/** Written out and not field by field with `JsonFields`: an environment has tens of thousands of them. */
function parseEntry(value: unknown, where: string): PathEntry {
  if (!isRawEntry(value)) throw invalidInfo(where, 'is no object');
  const text = asText(value._path, '_path', where);
  if (text === undefined) throw invalidInfo(where, "has an entry without '_path'");
  const type = value.path_type ?? 'hardlink';
  if (type !== 'hardlink' && type !== 'softlink' && type !== 'directory') {
    throw wrongField(where, 'path_type', 'known');
  }
  const mode = value.file_mode ?? undefined;
  if (mode !== undefined && mode !== 'text' && mode !== 'binary') {
    throw wrongField(where, 'file_mode', 'known');
  }
  const _path = checkedPath(text);
  const sha256 = asDigest(value.sha256, where);
  const size = asCount(value.size_in_bytes, 'size_in_bytes', where);
  // Nearly all have both, and an object that grows takes more room.
  const entry: Writable<PathEntry> =
    sha256 === undefined || size === undefined
      ? { _path, path_type: type }
      : { _path, path_type: type, sha256, size_in_bytes: size };
  if (sha256 !== undefined) entry.sha256 = sha256;
  if (size !== undefined) entry.size_in_bytes = size;
  const placeholder = asText(value.prefix_placeholder, 'prefix_placeholder', where);
  if (placeholder !== undefined && placeholder !== '') {
    entry.prefix_placeholder = placeholder;
    entry.file_mode = mode ?? 'text';
  }
  const noLink = asFlag(value.no_link, 'no_link', where);
  if (noLink !== undefined) entry.no_link = noLink;
  return entry;
}

function asDigest(value: unknown, where: string): string | undefined {
  const text = asText(value, 'sha256', where);
  if (text === undefined || /^[0-9a-f]{64}$/.test(text)) return text;
  if (!/^[0-9a-f]{64}$/i.test(text)) throw wrongField(where, 'sha256', 'a digest');
  return text.toLowerCase();
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What JSON may have in place of an entry. */
type RawEntry = Readonly<Partial<Record<keyof PathEntry, unknown>>>;

function isRawEntry(value: unknown): value is RawEntry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkedPath(text: string): string {
  const path = parseMemberPath(text, { windows: false });
  if (path === '' || isBelow(path, 'info') || isBelow(path, 'conda-meta')) {
    throw new TcondaError('UNSAFE_ARCHIVE', `path ${JSON.stringify(text)} is none that a package may have`);
  }
  return path;
}

function isBelow(path: string, top: string): boolean {
  return path.startsWith(top) && (path.length === top.length || path[top.length] === '/');
}

function unique(paths: readonly PathEntry[], where: string): readonly PathEntry[] {
  const seen = new Set<string>();
  for (const { _path } of paths) {
    if (seen.has(_path)) throw invalidInfo(where, `names '${_path}' twice`);
    seen.add(_path);
  }
  return paths;
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function unquoted(token: string): string {
  return /^["']/.test(token) ? token.slice(1, -1) : token;
}
