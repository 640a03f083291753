import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

export interface WheelOptions {
  readonly requires?: readonly string[];
  /** Commands, each a function `main` of the module. */
  readonly scripts?: readonly string[];
}

/** Writes a wheel of one module with a `VERSION` and a `main`, as pip installs it without building anything. */
export function makeWheel(
  directory: string,
  name: string,
  version: string,
  { requires = [], scripts = [] }: WheelOptions = {},
): string {
  const info = `${name}-${version}.dist-info`;
  const metadata = [`Metadata-Version: 2.1`, `Name: ${name}`, `Version: ${version}`];
  const files: Record<string, string> = {
    [`${name}.py`]: `VERSION = ${JSON.stringify(version)}\ndef main():\n    print(VERSION)\n`,
    [`${info}/METADATA`]: `${[...metadata, ...requires.map((one) => `Requires-Dist: ${one}`)].join('\n')}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ...(scripts.length === 0
      ? {}
      : {
          [`${info}/entry_points.txt`]: `[console_scripts]\n${scripts.map((one) => `${one} = ${name}:main\n`).join('')}`,
        }),
  };
  files[`${info}/RECORD`] = [...Object.keys(files), `${info}/RECORD`].map((file) => `${file},,\n`).join('');
  mkdirSync(directory, { recursive: true });
  const file = path.join(directory, `${name}-${version}-py3-none-any.whl`);
  writeFileSync(file, storedZip(files));
  return file;
}

function storedZip(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text);
    const both = Buffer.alloc(26);
    both.writeUInt16LE(20, 0);
    // Bytes 2 to 9: no flags, stored, the first day of 1980.
    both.writeUInt16LE(0x21, 8);
    both.writeUInt32LE(crc32(data), 10);
    both.writeUInt32LE(data.length, 14);
    both.writeUInt32LE(data.length, 18);
    both.writeUInt16LE(Buffer.byteLength(name), 22);
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), both, Buffer.from(name), data);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), both, rest, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + data.length;
  }
  const central = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
