/** JSON with the keys of every object sorted: the same value gives the same bytes. `undefined` is left out. */
export function formatStableJson(value: unknown, indent?: number): string {
  return `${JSON.stringify(sortKeys(value), undefined, indent)}\n`;
}

/** The same value with keys in order, in objects without prototype: any text is a key like any other. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const sorted = Object.create(null) as Record<string, unknown>;
  const entries = value instanceof Map ? [...(value as ReadonlyMap<string, unknown>)] : Object.entries(value);
  for (const [key, item] of entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (item !== undefined) sorted[key] = sortKeys(item);
  }
  return sorted;
}
