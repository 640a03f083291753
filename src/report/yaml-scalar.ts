/**
 * A text as a YAML 1.2 scalar, in the style that conda's writer chooses: plain where readers take it for that text, else in single
 * quotes, and in double quotes where it has single ones or what must be escaped. Always one line.
 */
export function formatYamlScalar(text: string): string {
  if (text !== '' && isPlain(text) && !OTHER_TYPE.test(text)) return text;
  return /'|\n/.test(text) || ESCAPED.test(text) ? doubleQuoted(text) : `'${text}'`;
}

/** Signs that mean something at the start, and `: ` and ` #` anywhere. */
const MARKED = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t\n]|$))|:(?:[ \t\n]|$)|[ \t\n]#/;

function isPlain(text: string): boolean {
  return !MARKED.test(text) && !/^ | $|\n/.test(text) && !ESCAPED.test(text);
}

/** What no style but double quotes can hold: control characters, line breaks of Unicode, and halves of characters. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const ESCAPED = /[\0-\t\v-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/u;

const NUMBER = [
  String.raw`[-+]?\d[\d_]*\.[\d_]*(?:e[-+]?\d+)?`,
  String.raw`[-+]?\d[\d_]*e[-+]?\d+`,
  String.raw`[-+]?\.[\d_]+(?:e[-+]\d+)?`,
  String.raw`[-+]?0b[01_]+`,
  String.raw`[-+]?0o?[0-7_]+`,
  String.raw`(?=[-+\d])[-+]?[\d_]+`,
  String.raw`[-+]?0x[\da-f_]+`,
];
const WORD = [
  'true|True|TRUE|false|False|FALSE|null|Null|NULL|~|<<|=',
  String.raw`[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)`,
  String.raw`\d{4}-\d\d-\d\d`,
  String.raw`\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?`,
  ...NUMBER.map((pattern) => pattern.replace('e[', '[eE][').replace('a-f_', 'a-fA-F_')),
];
/** Numbers, dates, booleans and nothing. */
const OTHER_TYPE = new RegExp(`^(?:${WORD.join('|')})$`);

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\0', '0'],
  ['\u0007', 'a'],
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\v', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['\u001b', 'e'],
  ['"', '"'],
  ['\\', '\\'],
  ['\u0085', 'N'],
  ['\u00a0', '_'],
  ['\u2028', 'L'],
  ['\u2029', 'P'],
]);

function doubleQuoted(text: string): string {
  const characters = Array.from(text, (character) =>
    /["\\\n]/.test(character) || ESCAPED.test(character) ? escape(character) : character,
  );
  return `"${characters.join('')}"`;
}

function escape(character: string): string {
  const name = NAMED.get(character);
  if (name !== undefined) return `\\${name}`;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}
