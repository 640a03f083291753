import { TcondaError } from '../errors.ts';

/** The systems that a menu item can be for, as CEP 11 calls them. */
export type MenuPlatform = 'linux' | 'osx' | 'win';

/** One entry of a menu, for one system, with placeholders. */
export interface MenuItem {
  readonly name: string;
  readonly description: string;
  readonly command: readonly string[];
  readonly icon?: string;
  /** Shell code that runs before the command, each time. */
  readonly precommand?: string;
  /** Shell code that runs once, before the entry is made. */
  readonly precreate?: string;
  readonly workingDirectory?: string;
  /** Whether the environment is entered first. */
  readonly isActivated: boolean;
  readonly isInTerminal: boolean;
  /** Keys of this system alone, such as `Categories`. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** A file `Menu/NAME.json` of a package (CEP 11). */
export interface Menu {
  readonly name: string;
  readonly items: readonly MenuItem[];
}

/**
 * Reads a menu file, as far as it is for `platform`: an item is made where its platform has a key, whose values go before the
 * common ones.
 * @param isBase whether it is for the base environment, whose items may have other names
 * @throws {TcondaError} `INVALID_PACKAGE`
 */
export function parseMenu(text: string, file: string, platform: MenuPlatform, isBase = false): Menu {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new TcondaError('INVALID_PACKAGE', `${file} is no JSON`, { cause });
  }
  if (!isObject(json) || typeof json['menu_name'] !== 'string' || !Array.isArray(json['menu_items'])) {
    throw new TcondaError('INVALID_PACKAGE', `${file} has no menu_name and menu_items`);
  }
  const items = json['menu_items'].flatMap((item: unknown): MenuItem[] => {
    const platforms = isObject(item) ? item['platforms'] : undefined;
    if (!isObject(item) || !isObject(platforms) || !isObject(platforms[platform])) return [];
    return [parseItem({ ...item, ...withoutNulls(platforms[platform]) }, file, isBase)];
  });
  return { name: json['menu_name'], items };
}

const COMMON: ReadonlySet<string> = new Set(
  `name description command icon precreate precommand working_dir activate terminal platforms`.split(' '),
);

function parseItem(item: Readonly<Record<string, unknown>>, file: string, isBase: boolean): MenuItem {
  const { name, description, command, icon, precommand, precreate, working_dir: workingDirectory } = item;
  const text = textOfName(name, isBase);
  if (text === undefined || !isTexts(command) || command.length === 0) {
    throw new TcondaError('INVALID_PACKAGE', `${file} has a menu item without a name or a command`);
  }
  return {
    name: text,
    description: typeof description === 'string' ? description : '',
    command,
    ...(typeof icon === 'string' && { icon }),
    ...(typeof precommand === 'string' && { precommand }),
    ...(typeof precreate === 'string' && precreate !== '' && { precreate }),
    ...(typeof workingDirectory === 'string' && { workingDirectory }),
    isActivated: item['activate'] !== false,
    isInTerminal: item['terminal'] === true,
    extra: Object.fromEntries(Object.entries(item).filter(([key]) => !COMMON.has(key))),
  };
}

/** A name may depend on whether it is the base environment's. */
function textOfName(name: unknown, isBase: boolean): string | undefined {
  if (typeof name === 'string') return name;
  const key = isBase ? 'target_environment_is_base' : 'target_environment_is_not_base';
  const chosen = isObject(name) ? name[key] : undefined;
  return typeof chosen === 'string' ? chosen : undefined;
}

function withoutNulls(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
