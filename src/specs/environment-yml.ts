import type * as Yaml from 'yaml';

import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import { selectLines, selectsPlatform } from './line-selector.ts';

/** What an `environment.yml` says (CEP 24). */
export interface EnvironmentFile {
  readonly name: string | undefined;
  /** As written, `~` and variables not expanded. */
  readonly prefix: string | undefined;
  /** Without `nodefaults`; variables are expanded. */
  readonly channels: readonly string[];
  /** Whether the configured channels are left out: `nodefaults` was among the channels. */
  readonly noDefaults: boolean;
  /** Specs for conda as written, with `pip` before them when there are lines for pip and nothing brings pip itself. */
  readonly specs: readonly string[];
  /** Whether `pip` came to the specs like that. */
  readonly addedPip: boolean;
  /** Lines of a requirements file for pip, options among them. */
  readonly pip: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  readonly platforms: readonly string[];
  /** Keys that mean nothing. */
  readonly unknownKeys: readonly string[];
  /** What CEP 24 forbids and conda passes over in its own way, as sentences. With any of them the file should be refused. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export interface EnvironmentFileOptions {
  /** Of the file, for messages. */
  readonly name: string;
  /** The platform that selectors are about. */
  readonly subdir: string;
  /** For `$NAME` in channels. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const KEYS = ['name', 'dependencies', 'prefix', 'channels', 'variables', 'platforms', 'category'];

/**
 * @throws {TcondaError} `ENVIRONMENT_FILE_EMPTY`; `ENVIRONMENT_FILE_INVALID` for what is no YAML, no map, or has a
 *   dependency that is neither a text nor a map
 */
export async function parseEnvironmentYml(
  text: string,
  options: EnvironmentFileOptions,
): Promise<EnvironmentFile> {
  const { yaml } = await import('./yaml.ts');
  const root = readMap(selectLines(text.replace(/^\uFEFF/, ''), options.subdir), options, yaml);
  const problems: string[] = [];
  const list = (key: string): readonly unknown[] => listOf(root.data[key], key, problems);
  const channels = list('channels').map((value) => expand(String(value), options.env));
  const dependencies = readDependencies(list('dependencies'), options, problems);
  const hasPip = dependencies.specs.some((spec) => isPip(spec));
  const addedPip = dependencies.pip.length > 0 && !hasPip;
  return {
    name: root.text('name'),
    prefix: root.text('prefix'),
    channels: channels.filter((channel) => channel !== 'nodefaults'),
    noDefaults: channels.includes('nodefaults'),
    specs: addedPip ? ['pip', ...dependencies.specs] : dependencies.specs,
    addedPip,
    pip: dependencies.pip,
    variables: readVariables(root, problems),
    platforms: list('platforms').map(String),
    unknownKeys: Object.keys(root.data).filter((key) => !KEYS.includes(key)),
    problems,
    warnings:
      'dependencies' in root.data ? [] : [`${options.name} has no 'dependencies', which it must have`],
  };
}

interface Root {
  readonly data: Readonly<Record<string, unknown>>;
  /** The scalar at a path as it is written, so that `3.10` stays that; undefined for none. */
  readonly text: (...path: readonly string[]) => string | undefined;
}

function readMap(text: string, { name }: EnvironmentFileOptions, yaml: typeof Yaml): Root {
  const document = yaml.parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) {
    const reason = error.message.split('\n', 1)[0]?.replace(/:$/, '') ?? '';
    throw invalid(name, `it is no YAML: ${reason}`, error);
  }
  const { contents } = document;
  if (contents === null || (yaml.isScalar(contents) && contents.value === null)) {
    throw new TcondaError('ENVIRONMENT_FILE_EMPTY', `'${name}' is empty`, { data: { filename: name } });
  }
  if (!yaml.isMap(contents)) throw invalid(name, 'it is a list or a text, where keys such as name should be');
  let data: Record<string, unknown>;
  try {
    data = document.toJS() as Record<string, unknown>;
  } catch (cause) {
    throw invalid(name, 'its aliases stand for too much', cause);
  }
  return {
    data,
    text: (...path) => {
      const node: unknown = document.getIn(path, true);
      const scalar = yaml.isAlias(node) ? node.resolve(document) : node;
      if (!yaml.isScalar(scalar) || scalar.value === null) return undefined;
      return typeof scalar.value === 'string'
        ? scalar.value
        : (scalar.source ?? JSON.stringify(scalar.value));
    },
  };
}

function listOf(value: unknown, key: string, problems: string[]): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  problems.push(`'${key}' must be a list`);
  // What conda makes of it.
  if (typeof value === 'string') return Array.from(value);
  return typeof value === 'object' ? Object.keys(value) : [];
}

interface Dependencies {
  readonly specs: readonly string[];
  readonly pip: readonly string[];
}

function readDependencies(
  items: readonly unknown[],
  options: EnvironmentFileOptions,
  problems: string[],
): Dependencies {
  const specs: string[] = [];
  const pip: string[] = [];
  for (const item of items) {
    if (typeof item === 'string') {
      specs.push(item);
      continue;
    }
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw invalid(options.name, `the dependency ${JSON.stringify(item)} is no text`);
    }
    for (const [key, value] of Object.entries(item)) {
      const selector = /^sel\((.*)\)$/.exec(key)?.[1]?.trim();
      const isSelected = selector === undefined ? undefined : selectsPlatform(selector, options.subdir);
      if (key === 'pip') pip.push(...listOf(value, 'pip', problems).map(String));
      else if (isSelected === undefined) problems.push(`'${key}' under 'dependencies' means nothing here`);
      else if (isSelected) specs.push(String(value));
    }
  }
  return { specs, pip };
}

function isPip(text: string): boolean {
  try {
    return parseMatchSpec(text).exactName === 'pip';
  } catch {
    // Whoever uses the specs meets it.
    return false;
  }
}

function readVariables(root: Root, problems: string[]): ReadonlyMap<string, string> {
  const variables = root.data['variables'];
  if (variables === undefined || variables === null) return new Map();
  if (typeof variables !== 'object' || Array.isArray(variables)) {
    problems.push("'variables' must be a map of names and texts");
    return new Map();
  }
  return new Map(
    Object.entries(variables).flatMap(([name, value]): [string, string][] => {
      if (typeof value === 'object' && value !== null) {
        problems.push(`The variable '${name}' must be a text`);
        return [];
      }
      return [[name, root.text('variables', name) ?? '']];
    }),
  );
}

function expand(text: string, env: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(
    /\$(?:\{([^{}]+)\}|(\w+))/g,
    (written, braced: string | undefined, bare: string | undefined) => env[braced ?? bare ?? ''] ?? written,
  );
}

function invalid(name: string, reason: string, cause?: unknown): TcondaError {
  return new TcondaError('ENVIRONMENT_FILE_INVALID', `'${name}' can't be read: ${reason}`, {
    cause,
    data: { filename: name },
  });
}
