/**
 * The texts of a python list of strings. Lists without brackets and quotes, as old conda wrote them (`zlib,numpy >=1`),
 * are split at their commas.
 */
export function parsePythonList(text: string): string[] {
  const trimmed = text.trim();
  if (!/^[[(].*[\])]$/s.test(trimmed)) {
    return trimmed
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }
  return [...trimmed.slice(1, -1).matchAll(STRING)].map((match) => unescape(match[1] ?? match[2] ?? ''));
}

const STRING = /[uU]?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/gs;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescape(body: string): string {
  return body.replaceAll(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gis,
    (_, hex?: string, wide?: string, char = '') => {
      const code = hex ?? wide;
      return code === undefined ? (ESCAPES[char as string] ?? (char as string)) : codeToText(code);
    },
  );
}

function codeToText(code: string): string {
  return String.fromCodePoint(Number.parseInt(code, 16));
}
