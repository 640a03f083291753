/** A text as XML has it, between tags or in an attribute. Characters that XML has no form for are left out. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(NOT_XML, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const NOT_XML = /[\0-\u{8}\u{b}\u{c}\u{e}-\u{1f}]/gu;
