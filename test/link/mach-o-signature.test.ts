import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { signMachO } from '../../src/link/mach-o-signature.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';
import {
  findSignature,
  linkEditOf,
  makeBlob,
  makeFat,
  makeMachO,
  makeSuperBlob,
  readSignature,
} from '../helpers/mach-o.ts';

const ARM64 = 0x01_00_00_0c;
const X86_64 = 0x01_00_00_07;
const body = Buffer.from('code of the program'.repeat(700));
const entitlements = makeBlob(
  0xfa_de_71_71,
  Buffer.from('<plist version="1.0"><dict><key>com.apple.security.cs.allow-jit</key><true/></dict></plist>'),
);
const derEntitlements = makeBlob(0xfa_de_71_72, Buffer.from('700f0c0a', 'hex'));

/** As a linker leaves it: just a code directory, of an older version, whose hashes are of no interest. */
function linkerSignature(identifier: string): Buffer {
  const directory = Buffer.alloc(44 + identifier.length + 1 + 32);
  directory.writeUInt32BE(0x2_00_01, 0);
  directory.writeUInt32BE(0x2_00_02, 4);
  directory.writeUInt32BE(44, 12);
  directory.write(identifier, 36, 'latin1');
  return makeSuperBlob([[0, makeBlob(0xfa_de_0c_02, directory)]]);
}

describe('an ad-hoc signature', () => {
  test('has a code directory with the hash of every page', () => {
    const signed = signMachO(
      makeMachO({ body, signature: linkerSignature('a.out'), signatureRoom: 1024 }),
      'tool',
    );
    expect(readSignature(signed)).toMatchObject({
      slots: [0],
      flags: 2,
      version: 0x2_04_00,
      identifier: 'a.out',
      hashType: 2,
      pageSize: 4096,
      segment: { base: 0n, limit: 0x80_00n, flags: 1n },
      wrong: [],
    });
    expect(signed.length).toBe(0x80_00 + 64 + 1024);
  });

  test('keeps identifier, requirements and entitlements of the one it replaces', () => {
    const requirements = makeBlob(0xfa_de_0c_01, Buffer.from([0, 0, 0, 0]));
    const first = signMachO(makeMachO({ body }), 'org.example.tool');
    const { blobs } = readSignature(first);
    const signature = makeSuperBlob([
      [0, blobs.get(0) ?? Buffer.alloc(0)],
      [2, requirements],
      [5, entitlements],
      [7, derEntitlements],
      [0x1_00_00, makeBlob(0xfa_de_0b_01, Buffer.alloc(0))],
    ]);
    const signed = signMachO(makeMachO({ body, signature, signatureRoom: 4096 }), 'other');
    const read = readSignature(signed);
    expect(read).toMatchObject({ slots: [0, 2, 5, 7], identifier: 'org.example.tool', wrong: [] });
    expect(read.blobs.get(5)).toEqual(entitlements);
    expect(read.blobs.get(7)).toEqual(derEntitlements);
    expect(read.blobs.get(2)).toEqual(requirements);
  });

  test('is put where there was none, with a load command for it', () => {
    const unsigned = makeMachO({ body });
    const signed = signMachO(unsigned, 'libx.dylib');
    expect(readSignature(signed)).toMatchObject({ identifier: 'libx.dylib', wrong: [] });
    expect(signed.readUInt32LE(16)).toBe(unsigned.readUInt32LE(16) + 1);
    const { offset, size } = findSignature(signed);
    expect(offset % 16).toBe(0);
    expect(signed.length).toBe(offset + size);
    expect(linkEditOf(signed)).toEqual([0x80_00n, BigInt(signed.length - 0x80_00)]);
  });

  test('takes more room where it needs it', () => {
    const signed = signMachO(makeMachO({ body, signature: linkerSignature('x'), signatureRoom: 100 }), 'x');
    expect(readSignature(signed).wrong).toEqual([]);
    expect(linkEditOf(signed)).toEqual([0x80_00n, BigInt(signed.length - 0x80_00)]);
  });

  test('of a library does not say that it is a program', () => {
    const signed = signMachO(makeMachO({ body, kind: 6 }), 'libx.dylib');
    expect(readSignature(signed).segment.flags).toBe(0n);
  });

  test.each([
    ['signed already', { signature: linkerSignature('x'), signatureRoom: 4096 }],
    ['with too little room', { signature: linkerSignature('x'), signatureRoom: 100 }],
    ['not signed yet', {}],
  ])('leaves an archive behind a program that is %s', (_, more) => {
    const archive = Buffer.from('PK an archive, which is found from its end');
    const signed = signMachO(Buffer.concat([makeMachO({ body, ...more }), archive]), 'x');
    expect(signed.subarray(-archive.length)).toEqual(archive);
    expect(readSignature(signed.subarray(0, -archive.length)).wrong).toEqual([]);
  });

  test('signed twice is the same', () => {
    const once = signMachO(makeMachO({ body }), 'x');
    expect(signMachO(once, 'y')).toEqual(once);
  });

  test('does not fit any more when a byte changes', () => {
    const signed = signMachO(makeMachO({ body }), 'x');
    signed.write('!', 0x10_05);
    expect(readSignature(signed).wrong).toEqual(['page 4096']);
  });
});

describe('a file for several machines', () => {
  test.each([
    ['in place', 4096],
    ['laid out anew', 100],
  ])('is signed part by part, %s', (_, signatureRoom) => {
    const arm = makeMachO({ body, signature: linkerSignature('x'), signatureRoom });
    const intel = makeMachO({ cpu: X86_64, body: Buffer.from('other code') });
    const fat = makeFat([
      { cpu: ARM64, content: arm },
      { cpu: X86_64, content: intel },
    ]);
    const signed = signMachO(fat, 'x');
    const parts = [0, 1].map((index) => {
      const [offset, size] = [signed.readUInt32BE(16 + index * 20), signed.readUInt32BE(20 + index * 20)];
      expect(offset % 0x40_00).toBe(0);
      return signed.subarray(offset, offset + size);
    });
    expect(readSignature(parts[0] ?? Buffer.alloc(0)).wrong).toEqual([]);
    // Intel machines run what is not signed.
    expect(parts[1]).toEqual(intel);
  });
});

describe('what is no Mach-O file, or a broken one, stays as it is', () => {
  test.each([
    ['a class of Java', Buffer.concat([Buffer.from('cafebabe00000034', 'hex'), Buffer.alloc(600)])],
    ['text', Buffer.from('#!/bin/sh\n'.repeat(10))],
    ['nothing', Buffer.alloc(0)],
    ['four bytes', Buffer.from('cffaedfe', 'hex')],
    ['a header alone', makeMachO({ body }).subarray(0, 40)],
  ])('%s', (_, content) => {
    expect(signMachO(content, 'x')).toBe(content);
  });

  test('a program with commands that lead nowhere', () => {
    const broken = makeMachO({ body });
    broken.writeUInt32LE(0xff_ff, 20);
    expect(signMachO(broken, 'x')).toEqual(broken);
    const outside = makeMachO({ body, signature: linkerSignature('x') });
    outside.writeUInt32LE(0xff_ff_ff_ff, outside.indexOf(Buffer.from([0x1d, 0, 0, 0, 0x10, 0, 0, 0])) + 8);
    expect(signMachO(outside, 'x')).toEqual(outside);
    const endless = makeMachO({ body });
    endless.writeUInt32LE(0, 36);
    expect(signMachO(endless, 'x')).toEqual(endless);
  });
});

describe('linking for arm64', () => {
  let env: TestEnvironment;
  beforeEach(() => {
    env = createTestEnvironment();
  });
  afterEach(() => env.dispose());

  test('signs the programs whose prefix it replaced, and nothing else', async () => {
    const placeholder = `/opt/${'p'.repeat(250)}`;
    const program = signMachO(makeMachO({ body: Buffer.from(`${placeholder}/lib\0rest`) }), 'tool');
    const untouched = makeMachO({ body, signature: linkerSignature('x') });
    const tool = env.make('tool 1', {
      subdir: 'osx-arm64',
      files: {
        'bin/tool': { content: program, mode: 0o755, prefix_placeholder: placeholder, file_mode: 'binary' },
        'bin/other': { content: untouched, mode: 0o755 },
      },
    });
    await env.change([tool], { subdir: 'osx-arm64', canRun: false });
    const linked = readFileSync(path.join(env.prefix, 'bin/tool'));
    expect(linked.toString('latin1', 0x10_00)).toContain(`${env.prefix}/lib\0`);
    expect(readSignature(linked)).toMatchObject({ identifier: 'tool', wrong: [] });
    expect(readFileSync(path.join(env.prefix, 'bin/other'))).toEqual(untouched);
    const [record] = (await env.load()).records;
    const entry = record?.paths_data.paths.find(({ _path }) => _path === 'bin/tool');
    expect(entry?.sha256_in_prefix).toBe(createHash('sha256').update(linked).digest('hex'));
    expect(entry?.sha256).toBe(createHash('sha256').update(program).digest('hex'));
  });
});
