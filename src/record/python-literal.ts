/** A list of texts as python prints it: `['zlib', "a[version='1']"]`. */
export function formatPythonList(items: readonly string[]): string {
  return `[${items.map(formatPythonString).join(', ')}]`;
}

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

function formatPythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const char of text) {
    if (char === '\\' || char === quote) body += `\\${char}`;
    else if (char === '\n') body += '\\n';
    else if (char === '\r') body += '\\r';
    else if (char === '\t') body += '\\t';
    else if (char < ' ' || char === '\x7f') {
      body += `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`;
    } else body += char;
  }
  return `${quote}${body}${quote}`;
}

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
