import assert from 'node:assert/strict';

import * as yaml from 'yaml';

import { coerceScalar, guessScalar } from '../../../src/config/coerce.ts';
import { parseCondarc, type Condarc } from '../../../src/config/condarc.ts';
import { createConfig, type Config } from '../../../src/config/config.ts';
import { matchesOfEnvironment } from '../../../src/config/environment.ts';
import { channelSettings, isSettingName } from '../../../src/config/index.ts';
import { mergeMatches, type Match } from '../../../src/config/merge.ts';
import type { ConfigLayer } from '../../../src/config/raw-value.ts';
import { searchPath } from '../../../src/config/search-path.ts';
import { BOOL, FLOAT, INT, LIST, MAP, STR, type SettingType } from '../../../src/config/setting-type.ts';
import { ERRORS, TcondaError } from '../../../src/errors.ts';
import { currentHost, type Host } from '../../../src/host/index.ts';
import { expandChannels } from '../../../src/model/channel-list.ts';
import { formatMatchSpec, parseMatchSpec } from '../../../src/model/match-spec-text.ts';
import { UnknownType, type Kind, type TestCase } from '../kind.ts';

/** `config.json`: merging, types, and what `.condarc` files, variables and options come to. */
export const config: Kind = {
  run: (testCase) => {
    switch (testCase.type) {
      case 'merge':
        return runMerge(testCase);
      case 'condarc':
        return runCondarc(testCase);
      case 'coerce':
        return runCoerce(testCase);
      case 'search-path':
        assert.deepEqual(searchPath(testCase['os'] === 'win' ? 'win32' : 'linux'), testCase['expect']);
        return;
      case 'mamba-merge':
        return runMambaMerge(testCase);
      default:
        throw new UnknownType(testCase.type);
    }
  },
};

interface SampleSetting {
  readonly type: SettingType;
  readonly aliases?: readonly string[];
  readonly fallback: unknown;
}

/** The settings that the merging cases are about. */
const SAMPLE: Readonly<Record<string, SampleSetting>> = {
  always_yes: { type: BOOL, aliases: ['always_yes_altname1', 'yes', 'always_yes_altname2'], fallback: false },
  changeps1: { type: BOOL, fallback: true },
  channels: { type: LIST, aliases: ['channels_altname'], fallback: [] },
  proxy_servers: { type: MAP, fallback: {} },
  always_an_int: { type: INT, fallback: 0 },
  boolean_map: { type: { kind: 'map', of: BOOL }, fallback: {} },
  commented_map: { type: MAP, fallback: {} },
  env_var_map: { type: MAP, fallback: {} },
  env_var_str: { type: STR, fallback: '' },
  env_var_bool: { type: BOOL, fallback: false },
  env_var_list: { type: LIST, fallback: [] },
  nested_map: { type: { kind: 'map', of: LIST }, fallback: {} },
  nested_seq: { type: { kind: 'list', of: MAP }, fallback: [] },
  test_object: {
    type: {
      kind: 'object',
      fields: {
        int_field: { type: INT, default: 0 },
        str_field: { type: STR, default: '' },
        map_field: { type: MAP, default: {} },
        seq_field: { type: LIST, default: [] },
      },
    },
    fallback: { int_field: 0, str_field: '', map_field: {}, seq_field: [] },
  },
};

function runMerge(testCase: TestCase): void {
  const layers = readLayers(filesOf(testCase));
  const expected = testCase['expect'] as Readonly<Record<string, unknown>>;
  const answer = Object.keys(expected).map((key) => {
    const setting = SAMPLE[key];
    assert.ok(setting !== undefined, `the setting ${key} is known`);
    return [key, attempt(() => mergeSample(key, setting, layers, testCase))];
  });
  assert.deepEqual(Object.fromEntries(answer), expected);
}

function mergeSample(
  key: string,
  { type, aliases = [], fallback }: SampleSetting,
  layers: readonly ConfigLayer[],
  testCase: TestCase,
): unknown {
  const names = [key, ...aliases];
  const matches: Match[] = [];
  for (const { source, values } of layers) {
    const given = names.filter((name) => values.has(name));
    if (given.length > 1) throw new TcondaError('CONFIG_DUPLICATE', `${given.join(', ')} are one`);
    for (const name of given) {
      const raw = values.get(name);
      if (raw !== undefined) matches.push({ source, key: name, raw });
    }
  }
  const host = { env: envOf(testCase), platform: 'linux' };
  matches.push(...matchesOfEnvironment(names, type, host, { prefixes: ['APP_'] }));
  return mergeMatches(matches, type)?.value ?? fallback;
}

function runCondarc(testCase: TestCase): void {
  const expected = testCase['expect'] as Readonly<Record<string, unknown>>;
  const files = filesOf(testCase);
  if (typeof expected['error'] === 'string') {
    const [problem] = files.filter((file) => file.kind === 'invalid').map((file) => file.problem);
    assert.equal(problem === undefined ? undefined : PROBLEMS[problem], expected['error']);
    return;
  }
  const cli = (testCase['cli'] ?? {}) as {
    readonly channel?: readonly string[];
    readonly override_channels?: boolean;
  };
  const host: Host = { ...currentHost(), platform: 'linux', arch: 'x64', env: envOf(testCase) };
  const read = createConfig({
    host,
    layers: readLayers(files),
    warnings: [],
    flags: { channels: cli.channel },
    overrideChannels: cli.override_channels ?? false,
    builtInRoot: '/nowhere',
  });
  const answer = Object.keys(expected).map((key) => [key, attempt(() => showSetting(key, read, host))]);
  assert.deepEqual(Object.fromEntries(answer), expected);
}

/** The names that conda's YAML reader has for them. */
const PROBLEMS: Readonly<Record<Extract<Condarc, { kind: 'invalid' }>['problem'], string>> = {
  syntax: 'ParserError',
  token: 'ScannerError',
  composition: 'ComposerError',
  tab: 'ScannerError',
  'duplicate-key': 'DuplicateKeyError',
  'not-a-map': 'TypeError',
};

/** As conda shows it: specs in their canonical form, the members of `defaults` as URLs. */
function showSetting(key: string, read: Config, host: Host): unknown {
  assert.ok(isSettingName(key), `the setting ${key} is known`);
  if (key === 'default_channels') {
    return expandChannels(['defaults'], channelSettings(read, host)).map(({ baseUrl }) => baseUrl);
  }
  const value: unknown = read.get(key);
  if (key !== 'aggressive_update_packages' || !Array.isArray(value)) return value;
  return value.map((text) => formatMatchSpec(parseMatchSpec(String(text))));
}

function runCoerce(testCase: TestCase): void {
  const text = String(testCase['text']);
  const to = String(testCase['to']);
  if (to === 'none') {
    assert.deepEqual(guessScalar(text), testCase['expect']);
    return;
  }
  const type = { bool: BOOL, int: INT, float: FLOAT, str: STR }[to];
  if (type === undefined) throw new UnknownType(`coerce to ${to}`);
  const coerced = coerceScalar(text.trim(), type);
  assert.deepEqual(
    coerced.kind === 'value' ? coerced.value : { error: 'TypeCoercionError' },
    testCase['expect'],
  );
}

/** mamba has the file of highest precedence first, and shows a false value in brackets. */
function runMambaMerge(testCase: TestCase): void {
  const files = filesOf(testCase);
  const expected = testCase['expect'] as Readonly<Record<string, unknown>>;
  const read = createConfig({
    host: { ...currentHost(), platform: 'linux', env: {} },
    layers: readLayers(files).toReversed(),
    warnings: [],
    flags: {},
    overrideChannels: false,
    builtInRoot: '/nowhere',
  });
  const verify = read.get('ssl_verify');
  const ignored = files.flatMap((file, index) => (file.kind === 'invalid' ? [index] : []));
  assert.deepEqual(
    {
      channels: read.get('channels'),
      ssl_verify: typeof verify === 'string' ? verify : `<${verify}>`,
      ...(ignored.length === 0 ? {} : { ignored_files: ignored }),
    },
    expected,
  );
}

function filesOf(testCase: TestCase): readonly Condarc[] {
  return ((testCase['files'] ?? []) as readonly string[]).map((text) => parseCondarc(text, yaml));
}

/** Files that are none are left out, as conda does with a warning. */
function readLayers(files: readonly Condarc[]): readonly ConfigLayer[] {
  return files.flatMap((file, index) =>
    file.kind === 'read'
      ? [{ source: { kind: 'file' as const, path: `file${index}` }, values: file.values }]
      : [],
  );
}

function envOf(testCase: TestCase): Readonly<Record<string, string>> {
  return (testCase['env'] ?? {}) as Readonly<Record<string, string>>;
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof TcondaError) return { error: ERRORS[error.code].conda };
    throw error;
  }
}
