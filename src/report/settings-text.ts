/** A setting's value: what YAML can hold. */
export type SettingValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly SettingValue[]
  | { readonly [key: string]: SettingValue };

/** Settings as `config --show` prints them: like YAML, with Python's words for nothing and truth. */
export function formatSettings(settings: ReadonlyMap<string, SettingValue>): readonly string[] {
  return [...settings].flatMap(([key, value]) => entryLines(key, value, ''));
}

function entryLines(key: string, value: SettingValue, indent: string): readonly string[] {
  if (Array.isArray(value)) {
    const items = value as readonly SettingValue[];
    if (items.length === 0) return [indent === '' ? `${key}: []` : `${indent}${key}: `];
    const head = indent === '' ? `${key}:` : `${indent}${key}: `;
    return [head, ...items.flatMap((item) => itemLines(item, `${indent}  `))];
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return [`${indent}${key}: {}`];
    return [
      `${indent}${key}:`,
      ...entries.flatMap(([name, inner]) => entryLines(name, inner, `${indent}  `)),
    ];
  }
  return [`${indent}${key}: ${scalarText(value)}`];
}

/** A map stands behind its dash, each key below the first. */
function itemLines(item: SettingValue, indent: string): readonly string[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    return [`${indent}- ${scalarText(item)}`];
  return Object.entries(item)
    .flatMap(([key, inner]) => entryLines(key, inner, ''))
    .map((line, at) => `${indent}${at === 0 ? '- ' : '  '}${line}`);
}

function scalarText(value: SettingValue): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
