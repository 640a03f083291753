import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { channelCredentials, type CredentialEntry, createCredentials } from '../../src/io/auth.ts';
import { findNetrcLogin } from '../../src/io/netrc.ts';
import { findProxy } from '../../src/io/proxies.ts';
import { maskUrls, stripUrl } from '../../src/io/url-secrets.ts';
import { Secret } from '../../src/model/secret.ts';

const token = (at: string, text: string): CredentialEntry => ({
  at,
  credential: { kind: 'token', token: new Secret(text) },
});
const bearer = (at: string, text: string): CredentialEntry => ({
  at,
  credential: { kind: 'bearer', token: new Secret(text) },
});

describe('createCredentials', () => {
  const credentials = createCredentials({
    entries: [
      token('https://conda.example.com', 'host'),
      token('https://example.org/conda', 'deep'),
      bearer('https://example.net', 'whole'),
      bearer('https://example.net/team', 'part'),
      bearer('*.wild.example', 'wild'),
      bearer('bare.example', 'bare'),
    ],
    netrc: 'machine netrc.example login me password secret',
  });
  test.each([
    ['https://conda.example.com/main/noarch/x', 'https://conda.example.com/t/host/main/noarch/x', undefined],
    ['https://conda.example.com/t/own/main', 'https://conda.example.com/t/own/main', undefined],
    ['http://conda.example.com/main', 'http://conda.example.com/main', undefined],
    ['https://conda.example.com.evil/main', 'https://conda.example.com.evil/main', undefined],
    ['https://example.org/conda/a/b', 'https://example.org/conda/t/deep/a/b', undefined],
    ['https://example.org/condax/a', 'https://example.org/condax/a', undefined],
    ['https://example.net/a', 'https://example.net/a', 'Bearer whole'],
    ['https://example.net/team/a', 'https://example.net/team/a', 'Bearer part'],
    ['https://example.net:444/team/a', 'https://example.net:444/team/a', undefined],
    ['https://a.wild.example/a', 'https://a.wild.example/a', 'Bearer wild'],
    ['https://awild.example/a', 'https://awild.example/a', undefined],
    ['https://bare.example/a', 'https://bare.example/a', 'Bearer bare'],
    ['http://bare.example/a', 'http://bare.example/a', undefined],
    ['https://netrc.example/a', 'https://netrc.example/a', 'Basic bWU6c2VjcmV0'],
    ['https://u:p@example.net/a', 'https://example.net/a', 'Basic dTpw'],
  ])('%s', (asked, url, authorization) => {
    const got = credentials.authorize(new URL(asked));
    expect([got.url.href, got.authorization?.reveal()]).toEqual([url, authorization]);
  });

  test('shows none of them', () => {
    expect(inspect(credentials.authorize(new URL('https://example.net/')))).not.toContain('whole');
  });
});

test('channels bring their own, for their server and no other', () => {
  const channel = {
    scheme: 'https',
    location: 'h.example/conda',
    name: 'ch',
    canonicalName: 'ch',
    baseUrl: 'https://h.example/conda/ch',
  };
  const basic = (user: string) => ({ basic: { user, password: new Secret('p') } });
  const credentials = createCredentials({
    entries: channelCredentials([
      { ...channel, credentials: basic('one') },
      { ...channel, name: 'two', baseUrl: 'https://h.example/conda/two', credentials: basic('two') },
      {
        ...channel,
        location: 't.example',
        baseUrl: 'https://t.example/ch',
        credentials: { token: new Secret('tk') },
      },
      channel,
    ]),
  });
  const sent = (url: string) => {
    const { url: target, authorization } = credentials.authorize(new URL(url));
    const pair = authorization && Buffer.from(authorization.reveal().slice(6), 'base64').toString();
    return `${target.href} ${pair ?? '-'}`;
  };
  expect(sent('https://h.example/conda/ch/noarch/x')).toBe('https://h.example/conda/ch/noarch/x one:p');
  expect(sent('https://h.example/conda/two/noarch/x')).toBe('https://h.example/conda/two/noarch/x two:p');
  expect(sent('https://h.example/files/x')).toBe('https://h.example/files/x one:p');
  expect(sent('https://cdn.example/files/x')).toBe('https://cdn.example/files/x -');
  expect(sent('http://h.example/conda/ch/x')).toBe('http://h.example/conda/ch/x -');
  expect(sent('https://t.example/ch/noarch/x')).toBe('https://t.example/t/tk/ch/noarch/x -');
});

test.each([
  ['machine a login u password p', 'a', 'u:p'],
  ['machine b\n  login u\n  password "p q\\""\n', 'b', 'u:p q"'],
  ['# comment machine c\nmachine c login u account x password p#1', 'c', 'u:p#1'],
  ['macdef init\nmachine d login evil\n\nmachine d login u password p', 'd', 'u:p'],
  ['machine z login u password p\ndefault login any password x', 'e', 'any:x'],
  ['machine z login u password p', 'e', undefined],
])('.netrc %j has for %s the login %s', (text, host, expected) => {
  const login = findNetrcLogin(text, host);
  expect(login && `${login.user}:${login.password.reveal()}`).toBe(expected);
});

describe('findProxy', () => {
  const env = {
    HTTPS_PROXY: 'http://upper:1',
    http_proxy: 'lower:2',
    NO_PROXY: 'no.example,.sub.example:443',
  };
  test.each([
    ['https://a.example/', {}, env, 'http://upper:1'],
    ['http://a.example/', {}, env, 'http://lower:2'],
    ['http://no.example/', {}, env, undefined],
    ['https://x.no.example/', {}, env, undefined],
    ['https://x.sub.example/', {}, env, undefined],
    ['https://x.sub.example:8443/', {}, env, 'http://upper:1'],
    ['https://a.example/', { https: 'http://set:3' }, env, 'http://set:3'],
    [
      'https://a.example/',
      { https: 'http://set:3', 'https://a.example': 'http://own:4' },
      env,
      'http://own:4',
    ],
    ['https://a.example/', { all: 'socks5://s:5' }, {}, 'socks5://s:5'],
    ['https://a.example/', {}, { ALL_PROXY: 'socks5://s:5' }, 'socks5://s:5'],
    ['http://a.example/', {}, { HTTP_PROXY: 'http://cgi', REQUEST_METHOD: 'GET' }, undefined],
    ['http://10.1.2.3/', {}, { http_proxy: 'p:1', no_proxy: '10.0.0.0/8' }, undefined],
    ['http://11.1.2.3/', {}, { http_proxy: 'p:1', no_proxy: '10.0.0.0/8' }, 'http://p:1'],
  ])('%s', (url, servers, environment, expected) => {
    const settings = { servers: new Map(Object.entries(servers)), env: environment };
    expect(findProxy(new URL(url), settings as never)).toBe(expected);
  });
});

test.each([
  ['https://u:p@h/t/tk/c/noarch/a.conda?x=1#frag', 'https://h/c/noarch/a.conda'],
  ['https://u:p@h@h/c', 'https://h/c'],
  [`https://h/c/a.conda#${'a'.repeat(64)}`, `https://h/c/a.conda#${'a'.repeat(64)}`],
  ['file:///srv/t/x', 'file:///srv'],
])('stripUrl(%s)', (url, expected) => {
  expect(stripUrl(url)).toBe(expected);
});

test('maskUrls covers every URL of a text', () => {
  expect(maskUrls('GET https://u:p@h/t/tk-1/c failed (http://x:y@z)')).toBe(
    'GET https://h/t/<TOKEN>/c failed (http://z)',
  );
});
