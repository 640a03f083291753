import { loadConfig, loadDefaults, type LoadedConfig, loadYaml } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { CommandSpec, Context, OptionGroup, OptionSpec, OptionValues } from './command.ts';
import { describe } from './config-describe.ts';
import { editFile, wantsEdit, writeDefaults } from './config-edit.ts';
import { configFile } from './config-file.ts';
import { getFrom } from './config-get.ts';
import { show, showSources, validate, type View } from './config-show.ts';
import { maskOutput } from './mask-output.ts';
import { isSet, readText } from './option-values.ts';
import { adoptSettings, configFlags, loadSettings, warnOfFiles } from './settings.ts';

const change = (flags: string, description: string, more: Partial<OptionSpec> = {}): OptionSpec => ({
  flags,
  description,
  repeat: true,
  ...more,
});

/** Which file of settings a command is about. */
export const configFileOptions: OptionGroup = {
  heading: 'Which file',
  options: [
    { flags: '--file <file>', description: 'this one; default: ~/.condarc' },
    { flags: '--system', description: 'that of the base environment' },
    { flags: '--env', description: 'that of the active environment' },
    { flags: '-n, --name <environment>', description: 'that of an environment', conflicts: ['prefix'] },
    { flags: '-p, --prefix <path>', description: 'that of the environment in this folder' },
  ],
};

/** What one command line can ask for; the changes are one task, and `--get` is what no task means. */
const VIEWS = ['show', 'describe', 'showSources', 'validate', 'writeDefault', 'get'] as const;

/** Options that say which file. */
const PLACES = ['file', 'system', 'env', 'name', 'prefix'] as const;

/** @throws {TcondaError} `USAGE` where something would be passed over */
function checkTasks(keys: readonly string[], options: OptionValues): void {
  const isGiven = (key: string): boolean => options[key] === true || readText(options, key) !== undefined;
  const tasks = [...VIEWS.filter(isGiven).map(dashed), ...(wantsEdit(options) ? ['a change'] : [])];
  if (tasks.length > 1) throw new TcondaError('USAGE', `not allowed together: ${tasks.join(', ')}`);
  const places = PLACES.filter(isGiven).map(dashed);
  if (places.length > 1) throw new TcondaError('USAGE', `not allowed together: ${places.join(', ')}`);
  const takesKeys = ['show', 'describe', 'get'].some((key) => isSet(options, key));
  if (keys.length > 0 && !takesKeys) {
    throw new TcondaError('USAGE', `unrecognized arguments: ${keys.join(' ')}`, {
      hint: `Ask with: tconda config --show ${keys[0]}`,
    });
  }
}

function dashed(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

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
        { flags: '--show', description: 'what holds now', namesOperands: true },
        { flags: '--show-sources', description: 'who says what' },
        { flags: '--get', description: 'what one file says', namesOperands: true },
        { flags: '--describe', description: 'what each setting means', namesOperands: true },
        { flags: '--validate', description: 'check all files and variables' },
      ],
    },
    configFileOptions,
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
    checkTasks(keys, options);
    if (wantsEdit(options) || isSet(options, 'writeDefault')) {
      const file = configFile(options, context, await loadToRepair(options, context));
      return isSet(options, 'writeDefault') ? writeDefaults(file, context) : editFile(file, options, context);
    }
    if (isSet(options, 'validate')) {
      const settings = (await loadToRepair(options, context))();
      // A file that can't be read is an error here.
      warnOfFiles({ warnings: settings.warnings.filter(({ kind }) => kind === 'unknown-key') }, context);
      return validate(settings);
    }
    const settings = await loadSettings(options, context);
    const view: View = { settings, host: context.host, isJson: context.global.json };
    if (isSet(options, 'show')) return maskOutput(show(keys, view));
    if (isSet(options, 'describe')) {
      const defaults = await loadDefaults(context.host);
      return maskOutput(describe(keys, view, defaults, await loadYaml()));
    }
    if (isSet(options, 'showSources')) return maskOutput(showSources(view));
    const file = configFile(options, context, () => settings);
    // A file that is named need not be one of those that count here.
    const own = await loadConfig(context.host, { files: [file] });
    return maskOutput(getFrom(file, isSet(options, 'get') ? keys : undefined, own, context));
  },
};

/** Settings for who may be about to mend them: what is wrong is said only to who asks for what hangs on it. */
async function loadToRepair(options: OptionValues, context: Context): Promise<() => LoadedConfig> {
  try {
    const settings = await loadConfig(context.host, configFlags(options, context.host));
    tryToAdopt(settings, context);
    return () => settings;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function tryToAdopt(settings: LoadedConfig, context: Context): void {
  try {
    adoptSettings(settings, context);
  } catch (error) {
    if (!(error instanceof TcondaError)) throw error;
  }
}
