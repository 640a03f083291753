import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createCredentials } from '../../src/io/auth.ts';
import { loadStoredCredentials, type StoredCredentials } from '../../src/io/credential-files.ts';
import { findKeyring } from '../../src/io/keyring.ts';
import { Secret } from '../../src/model/secret.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'tconda-logins-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function write(file: string, content: unknown, mode = 0o600): void {
  const place = path.join(home, file);
  mkdirSync(path.dirname(place), { recursive: true });
  writeFileSync(place, typeof content === 'string' ? content : JSON.stringify(content), { mode });
}

function load(env: Record<string, string> = {}, anacondaTokens = true): StoredCredentials {
  return loadStoredCredentials({ home, platform: 'linux', env, anacondaTokens });
}

/** What is sent to this URL: its path and the header. */
function sentTo(url: string, stored = load()): readonly [string, string | undefined] {
  const entries = stored.entries.flatMap((entry) => ('kind' in entry ? [] : [entry]));
  const netrc = stored.netrc === undefined ? {} : { netrc: stored.netrc };
  const sent = createCredentials({ entries, ...netrc }).authorize(new URL(url));
  return [sent.url.pathname, sent.authorization?.reveal()];
}

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('loadStoredCredentials', () => {
  test('finds nothing in an empty home', () => {
    expect(load()).toEqual({ entries: [], netrc: undefined, warnings: [] });
  });

  test("reads rattler's and pixi's logins", () => {
    write('.rattler/credentials.json', {
      '*.prefix.dev': { BearerToken: 'pfx' },
      'conda.anaconda.org': { CondaToken: 'tk-1' },
      'host.example/private': { BasicHTTP: { username: 'me', password: 'p:w' } },
      's3.example': { S3Credentials: { access_key_id: 'x' } },
      'not a host': { BearerToken: 'x' },
    });
    expect(sentTo('https://repo.prefix.dev/c/noarch/x')).toEqual(['/c/noarch/x', 'Bearer pfx']);
    expect(sentTo('https://conda.anaconda.org/c/noarch/x')).toEqual(['/t/tk-1/c/noarch/x', undefined]);
    expect(sentTo('https://host.example/private/x')).toEqual(['/private/x', basic('me:p:w')]);
    expect(sentTo('https://host.example/public/x')).toEqual(['/public/x', undefined]);
    // What was said of a host without scheme is not said in the open.
    expect(sentTo('http://host.example/private/x')).toEqual(['/private/x', undefined]);
  });

  test("reads mamba's logins", () => {
    write('.mamba/auth/authentication.json', {
      'a.example': { type: 'CondaToken', token: 'tk-2' },
      'b.example/x': { type: 'BearerToken', token: 'b' },
      'c.example': {
        type: 'BasicHTTPAuthentication',
        user: 'me',
        password: Buffer.from('pw').toString('base64'),
      },
      'd.example': { type: 'Other' },
    });
    expect(sentTo('https://a.example/c')).toEqual(['/t/tk-2/c', undefined]);
    expect(sentTo('https://b.example/x/c')).toEqual(['/x/c', 'Bearer b']);
    expect(sentTo('https://c.example/c')).toEqual(['/c', basic('me:pw')]);
    expect(sentTo('https://d.example/c')).toEqual(['/c', undefined]);
  });

  test("reads anaconda-client's tokens, for the site and nothing that only begins like it", () => {
    write('.config/binstar/https%3A%2F%2Fapi.anaconda.org.token', 'tk-3\n');
    write('other/data/https%3A%2F%2Fhost.example.token', 'tk-4');
    expect(sentTo('https://conda.anaconda.org/c/noarch')).toEqual(['/t/tk-3/c/noarch', undefined]);
    expect(sentTo('https://conda.anaconda.org.evil/c')).toEqual(['/c', undefined]);
    expect(sentTo('https://conda.anaconda.org/c', load({}, false))).toEqual(['/c', undefined]);
    const elsewhere = load({ BINSTAR_CONFIG_DIR: path.join(home, 'other') });
    expect(sentTo('https://host.example/c', elsewhere)).toEqual(['/t/tk-4/c', undefined]);
  });

  test('prefers its own file, and takes .netrc last', () => {
    write('.config/tconda/credentials.json', { 'host.example': { BearerToken: 'own' } });
    write('.rattler/credentials.json', { 'host.example': { BearerToken: 'theirs' } });
    write('.netrc', 'machine host.example login me password pw\nmachine b.example login me password pw\n');
    expect(sentTo('https://host.example/c')).toEqual(['/c', 'Bearer own']);
    expect(sentTo('https://b.example/c')).toEqual(['/c', basic('me:pw')]);
    const named = load({ NETRC: path.join(home, 'none'), TCONDA_AUTH_FILE: path.join(home, 'none') });
    expect(sentTo('https://b.example/c', named)).toEqual(['/c', undefined]);
    expect(sentTo('https://host.example/c', named)).toEqual(['/c', 'Bearer theirs']);
  });

  test('complains of files that others can read or nobody can', () => {
    write('.config/tconda/credentials.json', { 'host.example': { BearerToken: 'own' } }, 0o644);
    chmodSync(path.join(home, '.config/tconda/credentials.json'), 0o644);
    write('.rattler/credentials.json', '{');
    const { warnings } = load();
    expect(warnings).toEqual([
      expect.stringContaining('Others can read'),
      expect.stringContaining("can't be understood"),
    ]);
  });

  test('shows no secret, however it is printed', () => {
    write('.rattler/credentials.json', {
      a: { BearerToken: 'hush-1' },
      b: { BasicHTTP: { username: 'me', password: 'hush-2' } },
    });
    const { entries } = load();
    expect(`${inspect(entries, { depth: 9 })}${JSON.stringify(entries)}`).not.toContain('hush');
  });
});

describe('createCredentials', () => {
  test('asks a keyring once, and only for what it is needed for', () => {
    let asked = 0;
    const credential = () => {
      asked += 1;
      return { kind: 'bearer', token: new Secret('t') } as const;
    };
    const credentials = createCredentials({ entries: [{ at: 'host.example', credential }] });
    credentials.authorize(new URL('https://other.example/c'));
    expect(asked).toBe(0);
    for (const file of ['a', 'b']) {
      const { authorization } = credentials.authorize(new URL(`https://host.example/${file}`));
      expect(authorization?.reveal()).toBe('Bearer t');
    }
    expect(asked).toBe(1);
  });
});

describe('findKeyring', () => {
  test('is not there without a session', () => {
    expect(findKeyring({ platform: 'linux', env: { PATH: process.env['PATH'] } })).toBeUndefined();
    expect(findKeyring({ platform: 'win32', env: {} })).toBeUndefined();
  });

  test('speaks to secret-tool, with the secret on stdin', () => {
    // A program in its place: there is no session bus in a test.
    write(
      'bin/secret-tool',
      `#!/bin/sh
here=$(dirname "$0")
case "$1" in
  store) echo "$@" >> "$here/calls"; cat > "$here/secret" ;;
  lookup) [ "$5" = "a.example" ] && cat "$here/secret" ;;
  clear) rm "$here/secret" ;;
esac
`,
    );
    chmodSync(path.join(home, 'bin/secret-tool'), 0o755);
    const env = { PATH: `${path.join(home, 'bin')}:${process.env['PATH']}`, DBUS_SESSION_BUS_ADDRESS: 'x' };
    const keyring = findKeyring({ platform: 'linux', env });
    expect(keyring?.save('a.example', new Secret('hush'))).toBe(true);
    expect(keyring?.find('a.example')?.reveal()).toBe('hush');
    expect(keyring?.find('b.example')).toBeUndefined();
    expect(keyring?.remove('a.example')).toBe(true);
    expect(keyring?.remove('a.example')).toBe(false);
  });
});
