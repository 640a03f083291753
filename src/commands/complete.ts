import { readdirSync } from 'node:fs';
import path from 'node:path';

import { type LoadedConfig, SETTINGS } from '../config/index.ts';
import { SUBDIRS } from '../model/subdir.ts';
import { INIT_SHELLS } from '../shell/index.ts';
import type { CommandSpec, Context, OptionSpec } from './command.ts';
import { environmentName, findEnvironments } from './environments.ts';
import { findOption, type HalfTyped, isOptional, readHalfTyped, spellingsOf } from './half-typed.ts';
import { findExternals } from './external-commands.ts';
import { loadSettings } from './settings.ts';

export const complete: CommandSpec = {
  summary: 'Print what a half typed command line can go on with, one a line',
  operands: ['[words...]'],
  options: [],
  passThrough: true,
  async run(words, _, context) {
    const last = words.at(-1) ?? '';
    const typed = await readHalfTyped(words.slice(0, -1));
    const found = await candidates(typed, last, context);
    const lines = [...new Set(found)].filter((candidate) => candidate.startsWith(last));
    return { kind: 'output', json: lines, lines };
  },
};

/** Commands whose operands are names of environments, packages, settings or shells. */
const OPERANDS: Readonly<Record<string, Kind>> = {
  activate: 'environment',
  diff: 'environment',
  shell: 'environment',
  'shell activate': 'environment',
  remove: 'installed',
  update: 'installed',
  list: 'installed',
  tree: 'installed',
  why: 'installed',
  outdated: 'installed',
  config: 'setting',
  'config get': 'setting',
  'config set': 'setting',
  'config list': 'setting',
  completion: 'completion',
  'shell completion': 'completion',
  init: 'shell',
};

type Kind = 'environment' | 'installed' | 'setting' | 'platform' | 'shell' | 'completion';

/** What stands in an option's notation for its value. */
const VALUES: Readonly<Record<string, Kind>> = {
  environment: 'environment',
  platform: 'platform',
};

/** Options of `config` whose value, or the first of two, is a setting. */
const OF_SETTINGS =
  /^--(?:show|get|set|describe|append|prepend|add|remove|remove-key)$|^--(?:get|set|append|prepend|add|remove)-/;

async function candidates(typed: HalfTyped, last: string, context: Context): Promise<readonly string[]> {
  if (typed.awaiting !== undefined && !(last.startsWith('-') && isOptional(typed.awaiting))) {
    return await valuesOf(typed.awaiting, typed, context);
  }
  if (last.startsWith('-') && !typed.isLiteral) {
    const [name = '', value] = last.split(/=(.*)/s);
    const option = value === undefined ? undefined : findOption(typed.options, name);
    if (option !== undefined)
      return (await valuesOf(option, typed, context)).map((text) => `${name}=${text}`);
    const shown = typed.options.filter(({ hidden, refused }) => hidden !== true && refused === undefined);
    return [
      ...shown.flatMap(spellingsOf),
      ...['-h', '--help'],
      ...(typed.path.length === 0 ? ['-V', '--version'] : []),
    ];
  }
  const commands = typed.isLiteral
    ? []
    : [
        ...typed.entries.filter(({ hidden }) => hidden !== true).map(({ name }) => name),
        ...(typed.path.length === 0 && typed.operands.length === 0 ? findExternals(context.host).keys() : []),
      ];
  const kind = OPERANDS[typed.path.join(' ')];
  return kind === undefined ? commands : [...commands, ...(await namesOf(kind, typed, context))];
}

async function valuesOf(option: OptionSpec, typed: HalfTyped, context: Context): Promise<readonly string[]> {
  if (option.choices !== undefined) return option.choices;
  const isSetting =
    typed.path[0] === 'config' && spellingsOf(option).some((spelling) => OF_SETTINGS.test(spelling));
  const kind = isSetting ? 'setting' : VALUES[/<(\w+)/.exec(option.flags)?.[1] ?? ''];
  return kind === undefined ? [] : await namesOf(kind, typed, context);
}

async function namesOf(kind: Kind, typed: HalfTyped, context: Context): Promise<readonly string[]> {
  switch (kind) {
    case 'environment': {
      const config = await settingsOf(typed, context);
      const [root, dirs] = [config.get('root_prefix'), config.get('envs_dirs')];
      return findEnvironments(config, context.host)
        .map(({ prefix }) => environmentName(prefix, root, dirs))
        .filter((name) => name !== '');
    }
    case 'installed':
      return installedNames((await settingsOf(typed, context)).targetPrefix);
    case 'setting':
      return Object.keys(SETTINGS);
    case 'platform':
      return SUBDIRS;
    case 'shell':
      return Object.keys(INIT_SHELLS);
    case 'completion':
      return ['bash', 'zsh', 'fish', 'powershell'];
  }
}

async function settingsOf({ given }: HalfTyped, context: Context): Promise<LoadedConfig> {
  const [name, prefix, rootPrefix] = ['name', 'prefix', 'root-prefix'].map((key) => given.get(key));
  return await loadSettings(
    {
      ...(prefix === undefined ? name !== undefined && { name } : { prefix }),
      ...(rootPrefix !== undefined && { rootPrefix }),
    },
    context,
  );
}

/** By the names of their files: nobody waits for a key until they are read. */
function installedNames(prefix: string): readonly string[] {
  try {
    const files = readdirSync(path.join(prefix, 'conda-meta'));
    return files.flatMap((file) => /^(.+)-[^-]+-[^-]+\.json$/.exec(file)?.[1] ?? []);
  } catch {
    return [];
  }
}
