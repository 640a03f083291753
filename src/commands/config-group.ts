import { config, configFileOptions } from './config.ts';
import type { CommandSpec, OptionGroup, OptionValues } from './command.ts';
import { isSet, PAIR_SEPARATOR } from './option-values.ts';

const listOptions: OptionGroup = {
  heading: 'What to show',
  options: [
    { flags: '-s, --sources', description: 'with the files that say so', conflicts: ['descriptions'] },
    { flags: '-d, --descriptions', description: 'with what each setting means' },
    { flags: '-a, --all', description: 'nothing', hidden: true, noEffect: 'all settings are always shown' },
  ],
};

/** micromamba's ways to say what conda's options of `config` say: `config set offline true`. */
export const configList = configCommand('list', 'Show what holds now', ['[keys...]'], (_, options) => {
  if (isSet(options, 'sources')) return { showSources: true };
  return isSet(options, 'descriptions') ? { describe: true } : { show: true };
});
export const configSources = configCommand('sources', 'Show which file says what', [], () => ({
  showSources: true,
}));
export const configDescribe = configCommand('describe', 'Say what settings mean', ['[keys...]'], () => ({
  describe: true,
}));
export const configGet = configCommand('get', 'Show what one file says', ['<key>'], () => ({ get: true }));
export const configSet = configCommand('set', 'Give a setting a value', ['<key>', '<value>'], pair('set'));
export const configAppend = configCommand(
  'append',
  'Add to the end of a list',
  ['<key>', '<value>'],
  pair('append'),
);
export const configPrepend = configCommand(
  'prepend',
  'Add to the start of a list',
  ['<key>', '<value>'],
  pair('prepend'),
);
export const configRemove = configCommand(
  'remove',
  'Take out of a list',
  ['<key>', '<value>'],
  pair('remove'),
);
export const configRemoveKey = configCommand('remove-key', 'Take a setting out', ['<key>'], ([key = '']) => ({
  removeKey: [key],
}));

type ToOptions = (operands: readonly string[], options: OptionValues) => OptionValues;

function pair(option: string): ToOptions {
  return (operands) => ({ [option]: [operands.join(PAIR_SEPARATOR)] });
}

function configCommand(
  name: string,
  summary: string,
  operands: readonly string[],
  toOptions: ToOptions,
): CommandSpec {
  const words = name === 'set' ? ['channel_priority', 'strict'] : ['channels', 'conda-forge'];
  return {
    summary,
    operands,
    options: [...(name === 'list' ? [listOptions] : []), configFileOptions],
    examples: [['tconda', 'config', name, ...words.slice(0, operands.length)].join(' ')],
    run: (given, options, context) => {
      const own = toOptions(given, options);
      const takesKeys = own['show'] === true || own['describe'] === true || own['get'] === true;
      return config.run(takesKeys ? given : [], { ...options, ...own }, context);
    },
  };
}
