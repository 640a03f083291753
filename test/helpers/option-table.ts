import { readFileSync } from 'node:fs';
import path from 'node:path';

/** One option of `test/cli/conda-options.json`. */
export interface TableOption {
  /** Long and short: `-n`, `--name`. */
  readonly spellings: readonly string[];
  /** The arguments that each time it is given take, at most. */
  readonly values: 0 | 1 | 2;
  /** `[VALUE...]`: none or several. */
  readonly isOptional: boolean;
  readonly isRepeated: boolean;
  readonly choices: readonly string[];
}

export interface TableCommand {
  readonly name: string;
  /** Other names, last word only. */
  readonly alias: readonly string[];
  /** `[SPEC...]`, `FILE`, `KEY VALUE`, or nothing. */
  readonly operands: readonly string[];
  readonly options: readonly TableOption[];
}

interface Written {
  readonly operands: string;
  readonly use: readonly string[];
  readonly options: readonly string[];
  readonly alias?: readonly string[];
}

interface File {
  readonly 'before the command': readonly string[];
  readonly shells: { readonly names: readonly string[]; readonly commands: readonly string[] };
  /** Commands of other tools that are not here, by tool. */
  readonly elsewhere: Readonly<Record<string, readonly string[]>>;
  readonly 'pixi, under the same name': readonly string[];
  readonly exclusive: readonly (readonly string[])[];
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly conda: Readonly<Record<string, Written>>;
  readonly micromamba: Readonly<Record<string, Written>>;
}

const file = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../cli/conda-options.json'), 'utf8'),
) as File;

/** What conda and micromamba take, as the project keeps it. */
export const optionTable = {
  before: file['before the command'].map(parseOption),
  shells: file.shells,
  elsewhere: file.elsewhere,
  sameName: file['pixi, under the same name'],
  exclusive: file.exclusive,
  conda: Object.entries(file.conda).map(readCommand),
  micromamba: Object.entries(file.micromamba).map(readCommand),
};

function readCommand([name, written]: readonly [string, Written]): TableCommand {
  const lines = [...written.use.flatMap((group) => file.groups[group] ?? []), ...written.options];
  return {
    name,
    alias: written.alias ?? [],
    operands: written.operands === '' ? [] : written.operands.split(' '),
    options: lines.map(parseOption),
  };
}

/** `-c, --channel CHANNEL...`, `--set KEY VALUE...`, `--show [KEY...]`, `--console {classic,json}`. */
function parseOption(line: string): TableOption {
  const spellings = line.match(/(?<![\w-])--?[a-zA-Z][\w-]*/g) ?? [];
  const rest = line.slice(line.lastIndexOf(spellings.at(-1) ?? '') + (spellings.at(-1) ?? '').length).trim();
  const words = rest === '' ? [] : rest.split(' ');
  const isOptional = rest.startsWith('[');
  return {
    spellings,
    values: isOptional ? 0 : words.length > 1 ? 2 : words.length === 1 ? 1 : 0,
    isOptional,
    isRepeated: rest.endsWith('...'),
    choices: /\{(.*)\}/.exec(rest)?.[1]?.split(',') ?? [],
  };
}
