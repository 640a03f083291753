import { loadConfig } from '../config/index.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { editFile, wantsEdit, writeDefaults } from './config-edit.ts';
import { configFile } from './config-file.ts';
import { getFrom } from './config-get.ts';
import { describe, show, showSources, validate, type View } from './config-show.ts';
import { maskOutput } from './mask-output.ts';
import { isSet } from './option-values.ts';
import { loadSettings } from './settings.ts';

const change = (flags: string, description: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  flags,
  description,
  repeat: true,
  ...more,
});

export const config: CommandSpec = {
  summary: 'Show and change settings',
  description:
    'Shows settings: what holds now (--show), which file or variable said what (--show-sources), what the user’s own ' +
    'file says (--get). KEYS choose among them. Changes keep the comments and the order of the file.',
  operands: ['[keys...]'],
  options: [
    {
      heading: 'What to show',
      options: [
        { flags: '--show', description: 'what holds now' },
        { flags: '--show-sources', description: 'who says what' },
        { flags: '--get', description: 'what one file says' },
        { flags: '--describe', description: 'what each setting means' },
        { flags: '--validate', description: 'check all files and variables' },
      ],
    },
    {
      heading: 'Which file',
      options: [
        { flags: '--file <file>', description: 'this one; default: ~/.condarc' },
        { flags: '--system', description: 'that of the base environment' },
        { flags: '--env', description: 'that of the active environment' },
        { flags: '-n, --name <environment>', description: 'that of an environment', conflicts: ['prefix'] },
        { flags: '-p, --prefix <path>', description: 'that of the environment in this folder' },
      ],
    },
    {
      heading: 'Changes',
      options: [
        change('--set <key> <value>', 'give a key a value; a.b is the key b of the map a'),
        change('--prepend <key> <value>', 'add to the start of a list', { aliases: ['--add'] }),
        change('--append <key> <value>', 'add to the end of a list'),
        change('--remove <key> <value>', 'take out of a list'),
        change('--remove-key <key>', 'take a key out'),
        change('--clear <key>', 'make a list empty'),
        { flags: '--stdin', description: 'take the keys of the YAML on stdin' },
        { flags: '--write-default', description: 'write all settings, commented out' },
        {
          flags: '-f, --force',
          description: 'nothing',
          hidden: true,
          noEffect: 'files are always changed with care',
        },
      ],
    },
  ],
  examples: [
    'tconda config --show channels',
    'tconda config --add channels conda-forge',
    'tconda config --set channel_priority strict',
    'tconda config --show-sources',
  ],
  async run(keys, options, context) {
    const settings = await loadSettings(options, context);
    const view: View = { settings, host: context.host, isJson: context.global.json };
    if (isSet(options, 'show')) return maskOutput(show(keys, view));
    if (isSet(options, 'describe')) return maskOutput(describe(keys, view));
    if (isSet(options, 'showSources')) return maskOutput(showSources(view));
    if (isSet(options, 'validate')) return validate(settings);
    const file = configFile(options, settings, context);
    if (isSet(options, 'writeDefault')) return writeDefaults(file, view);
    if (wantsEdit(options)) return editFile(file, options, context);
    // A file that is named need not be one of those that count here.
    const own = await loadConfig(context.host, { files: [file] });
    return maskOutput(getFrom(file, isSet(options, 'get') ? keys : undefined, own, context));
  },
};
