import { describe, expect, test } from 'vitest';

const BUILDER = new URL('../../channels/debian/', import.meta.url);

const { condaVersion, condaBuildNumber, upperBound } = (await import(
  new URL('version.mjs', BUILDER).href
)) as {
  condaVersion: (text: string) => string;
  condaBuildNumber: (text: string) => number;
  upperBound: (version: string, pin: string) => string;
};
const { translateDepends } = (await import(new URL('depends.mjs', BUILDER).href)) as {
  translateDepends: (options: {
    controls: readonly { name: string; version: string; relations: string }[];
    own: string;
    ignored: ReadonlySet<string>;
    providers: ReadonlyMap<string, { name: string; version: string; pin: string | undefined }>;
  }) => string[];
};

describe("Debian's versions in conda's form", () => {
  test.each([
    ['3.11.2-6+deb12u9', '3.11.2', 609],
    ['1:1.2.13.dfsg-1', '1.2.13', 100],
    ['0.3.21+ds-4', '0.3.21', 400],
    ['5.3.28+dfsg2-1', '5.3.28', 100],
    ['3.0.22-1~deb12u2', '3.0.22', 102],
    ['20250419~deb12u2', '20250419', 2],
    ['2026f-0+deb12u1', '2026f', 1],
    ['6.0-3+b2', '6.0', 302],
    ['1.6-2.1+deb12u3', '1.6', 203],
    ['2.0.0~rc1-1', '2.0.0rc1', 100],
    ['7.0+really6.4-1', '6.4', 100],
    ['6.4+20221231-2', '6.4', 200],
    ['8.2-1.3', '8.2', 100],
  ])('%s is %s, build %i', (text, version, number) => {
    expect(condaVersion(text)).toBe(version);
    expect(condaBuildNumber(text)).toBe(number);
  });

  test.each([
    ['1.2.13', 'x', '2.0a0'],
    ['1.2.13', 'x.x', '1.3.0a0'],
    ['3.11', 'x.x', '3.12.0a0'],
    ['6', 'x.x', '6.1.0a0'],
  ])('what is built against %s with pin %s takes up to %s', (version, pin, bound) => {
    expect(upperBound(version, pin)).toBe(bound);
  });
});

describe("Debian's relations as specs", () => {
  const providers = new Map([
    ['libssl3', { name: 'openssl', version: '3.0.22', pin: 'x' }],
    ['libbz2-1.0', { name: 'bzip2', version: '1.0.8', pin: 'x' }],
    ['libjq1', { name: 'jq', version: '1.6', pin: undefined }],
    ['python3', { name: 'python', version: '3.11.2', pin: undefined }],
  ]);
  const translate = (relations: string) =>
    translateDepends({
      controls: [{ name: 'subject', version: '1', relations }],
      own: 'jq',
      ignored: new Set(['debconf']),
      providers,
    });

  test.each([
    ['libc6 (>= 2.14), libc6 (>= 2.34)', ['__glibc >=2.34,<3.0.a0']],
    ['libssl3 (>= 3.0.9~)', ['openssl >=3.0.9,<4.0a0']],
    ['libbz2-1.0', ['bzip2 >=1.0.8,<2.0a0']],
    ['libbz2-1.0 (= 1.0.8-5+b1)', ['bzip2 ==1.0.8']],
    ['python3 (<< 3.12), python3:any (>= 3.11~)', ['python >=3.11,<3.12']],
    ['debconf (>= 0.5) | debconf-2.0, libjq1 (= 1.6-2)', []],
    ['nothing-here | libssl3', ['openssl >=3.0.22,<4.0a0']],
  ])('%s', (relations, specs) => {
    expect(translate(relations)).toEqual(specs);
  });

  test('a relation that nothing in the channel answers is an error', () => {
    expect(() => translate('libfoo1 (>= 2)')).toThrow('subject depends on libfoo1 (>= 2)');
  });
});
