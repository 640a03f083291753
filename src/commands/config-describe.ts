import path from 'node:path';

import type * as Yaml from 'yaml';

import {
  type Setting,
  type SettingGroup,
  type SettingName,
  SETTINGS,
  type LoadedConfig,
} from '../config/index.ts';
import type { CommandResult } from './command.ts';
import { settingsOf, valueOf, type View } from './config-show.ts';

/**
 * `--describe`: what settings mean, and what holds when nobody says anything.
 * @param defaults settings without any file, variable or option
 */
export function describe(
  keys: readonly string[],
  view: View,
  defaults: Pick<LoadedConfig, 'get'>,
  yaml: typeof Yaml,
): CommandResult {
  const names = settingsOf(keys);
  const entries = names.map((name) => {
    const { type, summary, aliases, noEffect, group } = SETTINGS[name] as Setting;
    return {
      name,
      aliases,
      description: summary,
      default_value: defaults.get(name),
      parameter_type: parameterType(SETTINGS[name]),
      element_types: ['of' in type ? type.of.kind : type.kind],
      ...(type.kind === 'enum' ? { choices: type.values } : {}),
      ...(type.kind === 'list' ? { string_delimiter: delimiterOf(type.separator) } : {}),
      group,
      effect: noEffect === undefined ? 'used' : 'none',
      ...(noEffect === undefined ? {} : { reason: noEffect }),
      value: valueOf(name, view),
    };
  });
  const lines =
    keys.length > 0
      ? names.flatMap((name) => settingLines(name, defaults, yaml))
      : describeLines(names, defaults, yaml);
  return { kind: 'output', json: entries, lines };
}

/** Settings group by group as commented-out lines of YAML, each with its meaning above it. */
export function describeLines(
  names: readonly SettingName[],
  defaults: Pick<LoadedConfig, 'get'>,
  yaml: typeof Yaml,
): readonly string[] {
  const groups = Object.keys(TITLES) as readonly SettingGroup[];
  return groups.flatMap((group) => {
    const own = names.filter((name) => SETTINGS[name].group === group).toSorted();
    const title = `  ${TITLES[group]}  `;
    const half = Math.floor((50 - title.length) / 2);
    const rule = '#'.repeat(54);
    return [
      `# ${rule}`,
      `# ##${' '.repeat(half)}${title}${' '.repeat(50 - title.length - half)}##`,
      `# ${rule}`,
      '',
      ...own.flatMap((name) => settingLines(name, defaults, yaml)),
      '',
    ];
  });
}

const TITLES: Readonly<Record<SettingGroup, string>> = {
  channels: 'Channels',
  solver: 'Solving',
  directories: 'Directories and platform',
  linking: 'Linking',
  network: 'Network',
  output: 'Output, prompt and questions',
  threads: 'Threads',
  others: 'Settings of other tools',
};

function settingLines(
  name: SettingName,
  defaults: Pick<LoadedConfig, 'get'>,
  yaml: typeof Yaml,
): readonly string[] {
  const { type, summary, aliases, noEffect } = SETTINGS[name] as Setting;
  const element = 'of' in type ? `: ${type.of.kind}` : '';
  const kind =
    element === ''
      ? type.kind === 'enum'
        ? type.values.join(' | ')
        : type.kind
      : parameterType(SETTINGS[name]);
  return [
    `# # ${name} (${kind}${element})`,
    ...(aliases.length > 0 ? [`# #   aliases: ${aliases.join(', ')}`] : []),
    ...(type.kind === 'list' ? [`# #   env var string delimiter: '${delimiterOf(type.separator)}'`] : []),
    ...wrap(`${summary}.`).map((line) => `# #   ${line}`),
    ...(noEffect === undefined ? [] : wrap(`No effect here: ${noEffect}.`).map((line) => `# #   ${line}`)),
    '# #',
    ...yaml
      .stringify({ [name]: defaults.get(name) }, { lineWidth: 0, nullStr: '' })
      .trimEnd()
      .split('\n')
      .map((line) => `# ${line.trimEnd()}`),
    '',
  ];
}

function parameterType({ type }: Setting): 'sequence' | 'map' | 'primitive' {
  return type.kind === 'list' ? 'sequence' : type.kind === 'map' ? 'map' : 'primitive';
}

/** Between the items in a variable of the environment. */
function delimiterOf(separator: ',' | '&' | 'path' | undefined): string {
  return separator === 'path' ? path.delimiter : (separator ?? ',');
}

/** Lines of at most 72 columns. */
function wrap(text: string): readonly string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= 72) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
