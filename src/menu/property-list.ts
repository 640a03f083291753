import { escapeXml } from './escape-xml.ts';

/** What a property list of macOS can hold. */
export type Property = string | boolean | number | readonly Property[] | { readonly [key: string]: Property };

/** A property list in its XML form. */
export function formatPropertyList(property: Property): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
    `<plist version="1.0">\n${formatProperty(property, '')}</plist>\n`
  );
}

function formatProperty(property: Property, indent: string): string {
  const inner = `${indent}\t`;
  if (typeof property === 'string') return `${indent}<string>${escapeXml(property)}</string>\n`;
  if (typeof property === 'boolean') return `${indent}<${property}/>\n`;
  if (typeof property === 'number') {
    const tag = Number.isInteger(property) ? 'integer' : 'real';
    return `${indent}<${tag}>${property}</${tag}>\n`;
  }
  if (isList(property)) {
    return `${indent}<array>\n${property.map((one) => formatProperty(one, inner)).join('')}${indent}</array>\n`;
  }
  const entries = Object.entries(property).map(
    ([key, value]) => `${inner}<key>${escapeXml(key)}</key>\n${formatProperty(value, inner)}`,
  );
  return `${indent}<dict>\n${entries.join('')}${indent}</dict>\n`;
}

function isList(property: Property): property is readonly Property[] {
  return Array.isArray(property);
}
