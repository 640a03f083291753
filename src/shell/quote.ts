/** `'x'` for sh: nothing inside is special but the quote itself. */
export function quotePosix(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** `"x"` for csh if nothing in it is special there, else single quotes with what those leave special escaped. */
export function quoteCsh(text: string): string {
  if (!/["$`!\\\n']/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", `'\\''`).replaceAll('!', '\\!').replaceAll('\n', '\\\n')}'`;
}

/** `"x"` for fish. */
export function quoteFish(text: string): string {
  return `"${text.replace(/[\\"$]/g, '\\$&')}"`;
}

/** A Python literal, for xonsh. */
export function quotePython(text: string): string {
  const escaped = text
    .replace(/[\\']/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `'${escaped}'`;
}

/** `"x"` for PowerShell, to which the typographic quotes are quotes too. */
export function quotePowerShell(text: string): string {
  return `"${text.replace(/[`"$\u201c\u201d\u201e]/g, '`$&')}"`;
}

/** A path in double quotes for sh, or in single ones if something in it would be expanded. */
export function quotePosixPath(text: string): string {
  return /["$`\\]/.test(text) ? quotePosix(text) : `"${text}"`;
}
