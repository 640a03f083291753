import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import {
  type Channel,
  channelMembers,
  channelSettings,
  type ChannelSettings,
  channelSubdirs,
  currentHost,
  type Host,
  listChannelSubdirs,
  loadConfig,
  type LoadedConfig,
  type MambaChannelSettings,
  parseChannel,
  parseMambaChannel,
  resolveMambaChannel,
  revealChannelUrl,
  subdirUrl,
  TcondaError,
} from '../../../src/index.ts';
import { UnknownType, type Kind, type TestCase } from '../kind.ts';

/** `channels.json`: what channel texts mean to conda, under its settings; to mamba; to rattler. */
export const channels: Kind = {
  run: async (testCase) => {
    switch (testCase.type) {
      case 'channel':
        return runChannel(testCase);
      case 'channel-list':
        assert.deepEqual(prioritized(testCase, await environmentOf(testCase)), testCase['prioritized']);
        return;
      case 'prioritize':
        assert.deepEqual(prioritized(testCase, await environmentOf(testCase)), testCase['result']);
        return;
      case 'mamba-channel':
        return runMambaChannel(testCase);
      case 'rattler-channel':
        return runRattlerChannel(testCase);
      default:
        throw new UnknownType(testCase.type);
    }
  },
};

interface Environment {
  readonly config: LoadedConfig;
  readonly settings: ChannelSettings;
}

/** conda on linux-64 with the case's `.condarc` and variables. */
async function environmentOf({ condarc, env = {} }: TestCase): Promise<Environment> {
  const host: Host = {
    ...currentHost(),
    platform: 'linux',
    arch: 'x64',
    machine: 'x86_64',
    home: '/home/user',
    cwd: '/work/dir',
    program: undefined,
    env: env as Readonly<Record<string, string>>,
  };
  const directory = mkdtempSync(path.join(tmpdir(), 'tconda-channels-'));
  try {
    const file = path.join(directory, '.condarc');
    if (condarc !== undefined) writeFileSync(file, JSON.stringify(condarc));
    const config = await loadConfig(host, { files: [file] });
    return { config, settings: channelSettings(config, host) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function runChannel(testCase: TestCase): Promise<void> {
  const { config, settings } = await environmentOf(testCase);
  const expected = testCase['expect'] as Readonly<Record<string, unknown>>;
  const channel = parseChannel(String(testCase['channel']), settings);
  const subdirs = config.get('subdirs');
  const shown =
    channel.members === undefined ? showChannel(channel, subdirs) : showGroup(channel, channel.members);
  const answer: Readonly<Record<string, unknown>> = { ...shown, ...urlsOf(channel, settings, subdirs) };
  for (const key of Object.keys(expected)) assert.ok(key in answer, `an answer for ${key} is known`);
  const asked = Object.fromEntries(Object.keys(expected).map((key) => [key, answer[key]]));
  assert.deepEqual(asked, expected);
}

function urlsOf(
  channel: Channel,
  settings: ChannelSettings,
  subdirs: readonly string[],
): Record<string, unknown> {
  const members = channelMembers(channel, settings);
  const all = (url: (member: Channel, subdir: string) => string): string[] =>
    members.flatMap((member) => channelSubdirs(member, subdirs).map((subdir) => url(member, subdir)));
  return {
    urls: all(subdirUrl),
    urls_with_credentials: all(revealChannelUrl),
    urls_for_win64: members.flatMap((member) =>
      ['win-64', 'noarch'].map((subdir) => subdirUrl(member, subdir)),
    ),
  };
}

function showGroup(channel: Channel, members: readonly Channel[]): Record<string, unknown> {
  const { name, canonicalName, subdir } = channel;
  return {
    multichannel: true,
    name,
    canonical_name: canonicalName,
    subdir: subdir ?? null,
    channels: members.map((member) => (member.canonicalName === name ? member.name : member.canonicalName)),
    base_urls: members.map(({ baseUrl }) => baseUrl),
    str: joinUrl(name, subdir),
  };
}

function showChannel(channel: Channel, subdirs: readonly string[]): Record<string, unknown> {
  const { baseUrl, subdir, fileName, credentials } = channel;
  const isUnknown = baseUrl === '';
  const rest = fileName === undefined ? [channelSubdirs(channel, subdirs)[0]] : [subdir, fileName];
  const password = credentials?.basic?.password.reveal() ?? '';
  const user = credentials?.basic?.user;
  return {
    scheme: isUnknown ? null : channel.scheme,
    auth: user === undefined ? null : password === '' ? user : `${user}:${password}`,
    location: isUnknown ? null : channel.location,
    token: credentials?.token?.reveal() ?? null,
    name: channel.name,
    subdir: subdir ?? null,
    package_filename: fileName ?? null,
    canonical_name: channel.canonicalName,
    base_url: isUnknown ? null : baseUrl,
    url: isUnknown ? null : joinUrl(baseUrl, ...rest),
    url_with_credentials: isUnknown ? null : revealChannelUrl(channel, ...rest),
    str: isUnknown ? channel.name : joinUrl(baseUrl, subdir),
  };
}

function prioritized(testCase: TestCase, { config, settings }: Environment): unknown {
  const texts = testCase['channels'] as readonly string[];
  const subdirs = testCase['subdirs'] as readonly string[] | null | undefined;
  const options = subdirs === null || subdirs === undefined ? {} : { ignoresNamedSubdirs: true };
  return listChannelSubdirs(texts, settings, subdirs ?? config.get('subdirs'), options).map(
    ({ channel, subdir, priority }) => [revealChannelUrl(channel, subdir), [channel.canonicalName, priority]],
  );
}

interface MambaParams {
  readonly platforms: readonly string[];
  readonly channel_alias: string;
  readonly home_dir: string;
  readonly cwd: string;
  readonly custom_channels?: Readonly<Record<string, string>>;
  readonly custom_multichannels?: Readonly<Record<string, readonly string[]>>;
  readonly auth?: MambaChannelSettings['credentials'] extends ReadonlyMap<string, infer C>
    ? Readonly<Record<string, C>>
    : never;
}

function runMambaChannel(testCase: TestCase): void {
  const params = testCase['params'] as MambaParams;
  const expected = testCase['expect'] as { readonly valid: boolean };
  const answer = valid(() => {
    const channel = parseMambaChannel(String(testCase['channel']));
    const filters = channel.platforms;
    const resolved = resolveMambaChannel(channel, {
      platforms: params.platforms,
      channelAlias: params.channel_alias,
      home: params.home_dir,
      cwd: params.cwd,
      customChannels: new Map(Object.entries(params.custom_channels ?? {})),
      customMultichannels: new Map(Object.entries(params.custom_multichannels ?? {})),
      credentials: new Map(Object.entries(params.auth ?? {})),
    });
    return {
      kind: channel.kind,
      location: channel.location,
      platform_filters: filters,
      str: filters.length === 0 ? channel.location : `${channel.location}[${filters.join(',')}]`,
      resolved: resolved.map((one) => ({
        url: one.url,
        display_name: one.displayName,
        id: one.id,
        platforms: one.platforms,
        platform_urls: one.platformUrls,
        is_package: one.isPackage,
      })),
    };
  });
  assert.deepEqual(answer, expected);
}

function valid(answer: () => object): object {
  try {
    return { valid: true, ...answer() };
  } catch (error) {
    if (error instanceof TcondaError) return { valid: false };
    throw error;
  }
}

/** rattler writes base URLs with a slash at the end, and stars where a secret is. */
async function runRattlerChannel(testCase: TestCase): Promise<void> {
  const expected = testCase['expect'] as Readonly<Record<string, unknown>>;
  const { settings } = await environmentOf({
    ...testCase,
    condarc: { channel_alias: testCase['channel_alias'], custom_multichannels: { defaults: [] } },
  });
  let channel: Channel;
  try {
    channel = parseChannel(String(testCase['channel']), settings);
  } catch (error) {
    assert.ok(error instanceof TcondaError && expected['error'] !== undefined, 'an error is expected');
    return;
  }
  const url = `${channel.baseUrl}/`;
  const isNamed = channel.canonicalName !== channel.baseUrl;
  const answer: Readonly<Record<string, unknown>> = {
    base_url: url,
    name: isNamed ? channel.name : url,
    name_field: isNamed ? channel.name : null,
    noarch_url: `${subdirUrl(channel, 'noarch')}/`,
    canonical_name: starred(channel),
    platforms: channel.onlySubdirs ?? null,
  };
  const asked = Object.fromEntries(Object.keys(expected).map((key) => [key, answer[key]]));
  assert.deepEqual(asked, expected);
}

function starred({ scheme, location, name, credentials }: Channel): string {
  const auth = credentials?.basic === undefined ? '' : `${credentials.basic.user}:********@`;
  const token = credentials?.token === undefined ? [] : ['t', '********'];
  return `${scheme}://${auth}${joinUrl(location, ...token, name)}/`;
}

function joinUrl(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== null && part !== '').join('/');
}
