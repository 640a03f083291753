/** What a shortcut of Windows does. Paths have backslashes, and may begin with `%NAME%`. */
export interface ShellLink {
  readonly target: string;
  /** As one text, quoted as the target wants it. */
  readonly arguments: string;
  readonly description: string;
  readonly workingDirectory?: string;
  readonly icon?: string;
  readonly iconIndex?: number;
  /** Starts as an icon in the task bar. */
  readonly isMinimized: boolean;
  /** AppUserModelID: windows of one application share an icon of the task bar. */
  readonly appId: string;
}

const HEADER_SIZE = 0x4c;
/** 00021401-0000-0000-C000-000000000046 */
const CLASS_ID = Buffer.from('0114020000000000c000000000000046', 'hex');
const FLAGS = {
  hasLinkInfo: 0x2,
  hasName: 0x4,
  hasWorkingDirectory: 0x10,
  hasArguments: 0x20,
  hasIconLocation: 0x40,
  isUnicode: 0x80,
  hasExpandableTarget: 0x200,
} as const;
const FILE_ATTRIBUTE_NORMAL = 0x80;
const SHOW_NORMAL = 1;
const SHOW_MINIMIZED = 7;
/** What the shell shows of a description, in characters. */
const LONGEST_DESCRIPTION = 259;

/**
 * The bytes of a `.lnk` file ([MS-SHLLINK]), which no call of Windows is needed for: header, place of the target, texts, and
 * the block that lets the target name variables.
 */
export function formatShellLink(link: ShellLink): Buffer {
  const isPlain = !link.target.includes('%');
  const texts = [
    [FLAGS.hasName, link.description.slice(0, LONGEST_DESCRIPTION)],
    [FLAGS.hasWorkingDirectory, link.workingDirectory ?? ''],
    [FLAGS.hasArguments, link.arguments],
    [FLAGS.hasIconLocation, link.icon ?? ''],
  ] as const;
  const given = texts.filter(([, text]) => text !== '');
  const flags = given.reduce(
    (sum, [flag]) => sum | flag,
    FLAGS.isUnicode | FLAGS.hasExpandableTarget | (isPlain ? FLAGS.hasLinkInfo : 0),
  );
  return Buffer.concat([
    header(flags, link),
    ...(isPlain ? [linkInfo(link.target)] : []),
    ...given.map(([, text]) => stringData(text)),
    expandableTarget(link.target),
    propertyStore(link.appId),
    Buffer.alloc(4),
  ]);
}

/** ShellLinkHeader, 2.1; times and size of the target are left open. */
function header(flags: number, { iconIndex = 0, isMinimized }: ShellLink): Buffer {
  const bytes = Buffer.alloc(HEADER_SIZE);
  bytes.writeUInt32LE(HEADER_SIZE, 0);
  CLASS_ID.copy(bytes, 4);
  bytes.writeUInt32LE(flags, 20);
  bytes.writeUInt32LE(FILE_ATTRIBUTE_NORMAL, 24);
  bytes.writeInt32LE(iconIndex, 56);
  bytes.writeUInt32LE(isMinimized ? SHOW_MINIMIZED : SHOW_NORMAL, 60);
  return bytes;
}

const LINK_INFO_HEADER = 0x24;
const VOLUME_ID = 0x11;
const FIXED_DRIVE = 3;

/** LinkInfo, 2.3: a path on a drive of this machine, as ANSI and as Unicode. */
function linkInfo(target: string): Buffer {
  const volume = Buffer.alloc(VOLUME_ID);
  volume.writeUInt32LE(VOLUME_ID, 0);
  volume.writeUInt32LE(FIXED_DRIVE, 4);
  volume.writeUInt32LE(0x10, 12);
  const parts = [volume, ansi(`${target}\0`), ansi('\0'), utf16(`${target}\0`), utf16('\0')];
  const offsets: number[] = [];
  let end = LINK_INFO_HEADER;
  for (const part of parts) {
    offsets.push(end);
    end += part.length;
  }
  const [volumeAt = 0, pathAt = 0, suffixAt = 0, widePathAt = 0, wideSuffixAt = 0] = offsets;
  const head = Buffer.alloc(LINK_INFO_HEADER);
  // Flag 1: a volume and a local path; no network share.
  const fields = [end, LINK_INFO_HEADER, 1, volumeAt, pathAt, 0, suffixAt, widePathAt, wideSuffixAt];
  for (const [index, field] of fields.entries()) head.writeUInt32LE(field, index * 4);
  return Buffer.concat([head, ...parts]);
}

/** StringData, 2.4. */
function stringData(text: string): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16LE(Math.min(text.length, 0xffff), 0);
  return Buffer.concat([count, utf16(text.slice(0, 0xffff))]);
}

const TARGET_LENGTH = 260;

/** EnvironmentVariableDataBlock, 2.5.4. */
function expandableTarget(target: string): Buffer {
  const bytes = Buffer.alloc(0x314);
  bytes.writeUInt32LE(bytes.length, 0);
  bytes.writeUInt32LE(0xa0000001, 4);
  const text = target.slice(0, TARGET_LENGTH - 1);
  ansi(text).copy(bytes, 8);
  utf16(text).copy(bytes, 8 + TARGET_LENGTH);
  return bytes;
}

/** System.AppUserModel: 9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3 */
const APP_USER_MODEL = Buffer.from('55284c9f799f394ba8d0e1d42de1d5f3', 'hex');
const APP_USER_MODEL_ID = 5;
const TYPE_TEXT = 0x1f;

/** PropertyStoreDataBlock, 2.5.7: a store ([MS-PROPSTORE]) with the one property. */
function propertyStore(appId: string): Buffer {
  const text = utf16(`${appId}\0`);
  const value = Buffer.alloc(17 + Math.ceil(text.length / 4) * 4);
  const fields = [value.length, APP_USER_MODEL_ID];
  for (const [index, field] of fields.entries()) value.writeUInt32LE(field, index * 4);
  value.writeUInt32LE(TYPE_TEXT, 9);
  value.writeUInt32LE(text.length / 2, 13);
  text.copy(value, 17);
  const storage = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from('1SPS'),
    APP_USER_MODEL,
    value,
    Buffer.alloc(4),
  ]);
  storage.writeUInt32LE(storage.length, 0);
  const block = Buffer.concat([Buffer.alloc(8), storage, Buffer.alloc(4)]);
  block.writeUInt32LE(block.length, 0);
  block.writeUInt32LE(0xa0000009, 4);
  return block;
}

/** What no code page of the West has becomes a question mark: the Unicode form is the one that counts. */
function ansi(text: string): Buffer {
  return Buffer.from(text.replaceAll(/[^\0-\u{ff}]/gu, '?'), 'latin1');
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}
