/** What stands in a `.lnk` file, read as [MS-SHLLINK] describes it. */
export interface ReadShellLink {
  readonly flags: number;
  readonly showCommand: number;
  readonly localPath: string | undefined;
  readonly texts: readonly string[];
  readonly expandable: string | undefined;
  /** AppUserModelID */
  readonly appId: string | undefined;
}

/** Reads a `.lnk` file; throws where its parts are not as long as they say. */
export function readShellLink(bytes: Buffer): ReadShellLink {
  if (bytes.readUInt32LE(0) !== 0x4c) throw new Error('no header');
  if (bytes.toString('hex', 4, 20) !== '0114020000000000c000000000000046') throw new Error('another class');
  const flags = bytes.readUInt32LE(20);
  let at = 0x4c;
  if ((flags & 0x1) !== 0) at += 2 + bytes.readUInt16LE(at);
  let localPath: string | undefined;
  if ((flags & 0x2) !== 0) {
    const size = bytes.readUInt32LE(at);
    const info = bytes.subarray(at, at + size);
    if (info.readUInt32LE(4) < 0x24 || info.readUInt32LE(8) !== 1) throw new Error('no local path');
    const volume = info.readUInt32LE(12);
    if (info.readUInt32LE(volume) !== 0x11 || info.readUInt32LE(volume + 4) !== 3) throw new Error('volume');
    const path = info.readUInt32LE(16);
    const narrow = info.toString('latin1', path, info.indexOf(0, path));
    localPath = wide(info, info.readUInt32LE(28)) + wide(info, info.readUInt32LE(32));
    if (narrow.length !== localPath.length) throw new Error('two paths');
    at += size;
  }
  const texts: string[] = [];
  for (const flag of [0x4, 0x8, 0x10, 0x20, 0x40]) {
    if ((flags & flag) === 0) continue;
    const end = at + 2 + bytes.readUInt16LE(at) * 2;
    texts.push(bytes.toString('utf16le', at + 2, end));
    at = end;
  }
  let expandable: string | undefined;
  let appId: string | undefined;
  for (let size = bytes.readUInt32LE(at); size >= 4; size = bytes.readUInt32LE(at)) {
    if (bytes.readUInt32LE(at + 4) === 0xa0000001) expandable = wide(bytes, at + 8 + 260);
    if (bytes.readUInt32LE(at + 4) === 0xa0000009) appId = readAppId(bytes.subarray(at + 8, at + size));
    at += size;
  }
  if (at + 4 !== bytes.length) throw new Error('something behind the end');
  return { flags, showCommand: bytes.readUInt32LE(60), localPath, texts, expandable, appId };
}

/** The one property of a store with the application's name ([MS-PROPSTORE]). */
function readAppId(store: Buffer): string {
  const storage = store.subarray(0, store.readUInt32LE(0));
  if (store.length !== storage.length + 4 || store.readUInt32LE(storage.length) !== 0) {
    throw new Error('more than one storage');
  }
  if (storage.toString('latin1', 4, 8) !== '1SPS') throw new Error('no storage');
  if (storage.toString('hex', 8, 24) !== '55284c9f799f394ba8d0e1d42de1d5f3') throw new Error('another set');
  const value = storage.subarray(24, 24 + storage.readUInt32LE(24));
  if (storage.length !== 24 + value.length + 4) throw new Error('more than one property');
  if (value.readUInt32LE(4) !== 5 || value.readUInt8(8) !== 0) throw new Error('another property');
  if (value.readUInt32LE(9) !== 0x1f) throw new Error('no text');
  const length = value.readUInt32LE(13) * 2;
  if (value.length !== 17 + Math.ceil(length / 4) * 4) throw new Error('another length');
  return value.toString('utf16le', 17, 17 + length - 2);
}

function wide(bytes: Buffer, start: number): string {
  let end = start;
  while (bytes.readUInt16LE(end) !== 0) end += 2;
  return bytes.toString('utf16le', start, end);
}
