import type { MenuItem } from './parse-menu.ts';

export interface RegistryTextOptions {
  /** Names the program among those that open a type of files. */
  readonly slug: string;
  /** Starts it with `%1`, the file or URL. */
  readonly command: string;
  readonly icon: string | undefined;
  readonly appId: string;
}

/**
 * What the registry is told of the files and URLs that a menu item opens (`file_extensions`, `url_protocols` of CEP 11), for the
 * current user: a file that says so and one that takes it back, by their endings; none where there is nothing to say.
 */
export function registryTexts(
  item: MenuItem,
  options: RegistryTextOptions,
): readonly (readonly [ending: string, content: Buffer])[] {
  const { slug, command, icon, appId } = options;
  const set: string[] = [];
  const unset: string[] = [];
  const say = (key: string, values: readonly (readonly [string, string])[]): void => {
    set.push(`[${CLASSES}\\${key}]`, ...values.map(([name, value]) => `${nameOf(name)}=${quote(value)}`), '');
  };
  const sayProgram = (key: string): void => {
    if (icon !== undefined) say(`${key}\\DefaultIcon`, [['', icon]]);
    say(`${key}\\shell\\open\\command`, [['', command]]);
    unset.push(`[-${CLASSES}\\${key}]`, '');
  };
  for (const extension of textsOf(item.extra['file_extensions'], /^\.[^\s\\]+$/)) {
    const type = `${slug}.AssocFile${extension}`;
    say(`${extension}\\OpenWithProgids`, [[type, '']]);
    say(type, [
      ['', `${extension} ${slug} file`],
      ['AppUserModelID', appId],
    ]);
    sayProgram(type);
    unset.push(`[${CLASSES}\\${extension}\\OpenWithProgids]`, `${quote(type)}=-`, '');
  }
  for (const protocol of textsOf(item.extra['url_protocols'], /^[a-z][a-z\d+.-]*$/)) {
    say(protocol, [
      ['', `URL:${protocol}`],
      ['URL Protocol', ''],
    ]);
    sayProgram(protocol);
  }
  if (set.length === 0) return [];
  return [
    [SETS, format(set)],
    [UNSETS, format(unset)],
  ];
}

/** Endings of the file that tells and of the one that takes it back. */
export const SETS = '.set.reg';
export const UNSETS = '.unset.reg';

const CLASSES = String.raw`HKEY_CURRENT_USER\Software\Classes`;

/** In lower case, each once: to Windows they are one. */
function textsOf(value: unknown, pattern: RegExp): readonly string[] {
  if (!Array.isArray(value)) return [];
  const texts = value.filter((one): one is string => typeof one === 'string').map((one) => one.toLowerCase());
  return [...new Set(texts)].filter((text) => pattern.test(text));
}

function nameOf(name: string): string {
  return name === '' ? '@' : quote(name);
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** The form of regedit's own files: UTF-16 with its mark, so that any path can be said. */
function format(lines: readonly string[]): Buffer {
  const text = ['Windows Registry Editor Version 5.00', '', ...lines].join('\r\n');
  return Buffer.from(`\u{feff}${text}`, 'utf16le');
}
