import { describe, expect, test } from 'vitest';

import { parseAppleModel, parseCpuInfo } from '../../src/host/microarchitecture.ts';

const V2 = 'cx16 lahf_lm mmx sse sse2 ssse3 sse4_1 sse4_2 popcnt';
const V3 = `${V2} avx avx2 bmi1 bmi2 f16c fma abm movbe xsave`;
const V4 = `${V3} avx512f avx512bw avx512cd avx512dq avx512vl`;
const ZEN = `${V3} fsgsbase rdseed clzero aes pclmulqdq sse4a xsavec xsaveopt clflushopt`;
const SKYLAKE = `${V3} pni aes pclmulqdq rdrand rdseed adx clflushopt xsavec xsaveopt`;

describe('parseCpuInfo', () => {
  test.each([
    ['GenuineIntel', 'fpu', 'x86_64'],
    ['GenuineIntel', V2, 'x86_64_v2'],
    ['AuthenticAMD', V3, 'x86_64_v3'],
    ['AuthenticAMD', V4, 'x86_64_v4'],
    ['AuthenticAMD', ZEN, 'zen'],
    ['AuthenticAMD', `${ZEN} clwb`, 'zen2'],
    ['AuthenticAMD', `${ZEN} clwb vaes vpclmulqdq`, 'zen3'],
    ['GenuineIntel', SKYLAKE, 'skylake'],
    ['GenuineIntel', `${SKYLAKE} ${V4} clwb`, 'skylake_avx512'],
    ['GenuineIntel', `${SKYLAKE} ${V4} clwb avx512_vnni`, 'cascadelake'],
  ])('%s with %s is %s', (vendor, flags, name) => {
    const text = `processor\t: 0\nvendor_id\t: ${vendor}\nmodel name\t: Some: CPU\nflags\t\t: ${flags}\n\nprocessor\t: 1\n`;
    expect(parseCpuInfo(text)).toBe(name);
  });

  test('a processor of another vendor gets no name of this vendor', () => {
    expect(parseCpuInfo(`vendor_id : GenuineIntel\nflags : ${ZEN}\n`)).toBe('x86_64_v3');
  });

  test('a level below the best of no vendor is not named after a generation', () => {
    expect(parseCpuInfo(`vendor_id : AuthenticAMD\nflags : ${ZEN} ${V4}\n`)).toBe('x86_64_v4');
  });

  test.each([
    ['CPU implementer : 0x41\nCPU part : 0xd0c\n', 'neoverse_n1'],
    ['CPU implementer : 0x99\nCPU part : 0x001\n', 'aarch64'],
    ['hardware : nothing\n', undefined],
  ])('%j is %s', (text, name) => {
    expect(parseCpuInfo(text)).toBe(name);
  });
});

test.each([
  ['Apple M1', 'm1'],
  ['Apple M3 Max', 'm3'],
  ['Intel(R) Core(TM) i7', undefined],
])('parseAppleModel(%s) is %s', (model, name) => {
  expect(parseAppleModel(model)).toBe(name);
});
