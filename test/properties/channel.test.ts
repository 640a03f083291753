import fc from 'fast-check';
import { expect, test } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import { parseChannel, subdirUrl, type ChannelSettings } from '../../src/model/channel.ts';
import { parseMambaChannel } from '../../src/model/mamba-channel.ts';
import { DEFAULT_CHANNEL_SETTINGS } from '../../src/model/spec-channel.ts';

const SETTINGS: ChannelSettings = { ...DEFAULT_CHANNEL_SETTINGS, cwd: '/work', home: '/home/u' };
const PIECES =
  'https:// http:// file:// / // \\ ~ . .. : @ [ ] t /t/ tk-1 % %41 ? # é conda.anaconda.org repo.anaconda.com h:80 conda ' +
  'conda-forge defaults pkgs main label linux-64 noarch a-1-0.conda x.tar.bz2 repodata.json None <unknown> C:';
const PIECE = fc.constantFrom(' ', ...PIECES.split(' '));
const TEXT = fc.oneof(
  fc.array(PIECE, { maxLength: 9 }).map((pieces) => pieces.join('')),
  fc.array(PIECE, { maxLength: 9 }).map((pieces) => pieces.join('/')),
  fc.string({ maxLength: 40, unit: 'binary' }),
);

test('any text is a channel or refused as none', () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      expect(foreignError(() => parseChannel(text, SETTINGS))).toBeUndefined();
      expect(foreignError(() => parseMambaChannel(text))).toBeUndefined();
    }),
    { numRuns: 3000 },
  );
});

test('a base URL is the channel it is the URL of', () => {
  const part = fc.stringMatching(/^[a-z0-9_][a-z0-9_.-]{0,8}$/);
  const url = fc
    .tuple(
      fc.constantFrom('https://', 'http://', 's3://'),
      part,
      fc.array(part, { minLength: 1, maxLength: 4 }),
    )
    .map(([scheme, host, parts]) => `${scheme}${host}/${parts.join('/')}`);
  fc.assert(
    fc.property(
      fc.oneof(
        url,
        part,
        part.map((name) => `/srv/${name}`),
      ),
      (text) => {
        const channel = parseChannel(text, SETTINGS);
        fc.pre(channel.members === undefined && channel.fileName === undefined && channel.baseUrl !== '');
        const again = parseChannel(channel.baseUrl, SETTINGS);
        expect([again.location, again.name, again.canonicalName]).toEqual([
          channel.location,
          channel.name,
          channel.canonicalName,
        ]);
      },
    ),
  );
});

test('neither user nor token of a URL is in what a channel shows', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{8}$/).map((text) => `zZ${text}`);
  fc.assert(
    fc.property(
      secret,
      secret,
      fc.constantFrom('', '/linux-64', '/noarch/a-1-0.conda'),
      (word, token, rest) => {
        const channel = parseChannel(`https://me:${word}@h.example/t/${token}/c${rest}`, SETTINGS);
        const shown = `${JSON.stringify(channel)} ${subdirUrl(channel, 'noarch')}`;
        expect(shown).not.toContain(word);
        expect(shown).not.toContain(token);
      },
    ),
  );
});

test('long garbage takes no long time', () => {
  const texts = ['/', '/t/', '/linux-64', '%41', '[', ']', '..//', '@', ':', 'a/', '\\', '[a'];
  const start = performance.now();
  for (const text of texts) {
    for (const scheme of ['', 'https://h', 'file://']) {
      const long = scheme + text.repeat(10_000 / text.length);
      foreignError(() => parseChannel(long, SETTINGS));
      foreignError(() => parseMambaChannel(long));
    }
  }
  expect(performance.now() - start).toBeLessThan(3000);
});

/** What was thrown, unless it is an error for people. */
function foreignError(parse: () => unknown): unknown {
  try {
    parse();
    return undefined;
  } catch (error) {
    return error instanceof TcondaError ? undefined : error;
  }
}
