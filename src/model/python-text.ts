/** A list of texts as python prints it: `['zlib', "a[version='1']"]`. */
export function formatPythonList(items: readonly string[]): string {
  return `[${items.map(formatPythonString).join(', ')}]`;
}

/** The same as a tuple: `('zlib',)`. */
export function formatPythonTuple(items: readonly string[]): string {
  return `(${items.map(formatPythonString).join(', ')}${items.length === 1 ? ',' : ''})`;
}

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
