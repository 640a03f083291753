import { isDeepStrictEqual } from 'node:util';

/** The part of JSON Schema (2020-12) that `docs/json/` is written in. */
interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

const KNOWN: ReadonlySet<string> = new Set([
  ...['$schema', 'title', 'description', 'type', 'properties', 'required', 'additionalProperties'],
  ...['items', 'minItems', 'maxItems', 'anyOf', 'enum', 'const'],
]);

/** What is wrong with `value`, a line each; nothing when it fits. */
export function schemaProblems(value: unknown, schema: Schema, at = '$'): readonly string[] {
  const unknown = Object.keys(schema).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new Error(`${at}: the validator knows no ${unknown.join(', ')}`);
  if (schema.anyOf !== undefined) {
    const each = schema.anyOf.map((one) => schemaProblems(value, one, at));
    const best = each.toSorted((a, b) => a.length - b.length)[0] ?? [];
    return each.some((problems) => problems.length === 0) ? [] : [`${at}: fits nothing`, ...best];
  }
  if ('const' in schema && !isDeepStrictEqual(value, schema.const)) return [`${at}: is not the constant`];
  if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at}: is none of the values`];
  if (schema.type !== undefined && !hasType(value, schema.type)) {
    return [`${at}: ${JSON.stringify(value)?.slice(0, 60)} is no ${schema.type}`];
  }
  if (Array.isArray(value)) return arrayProblems(value, schema, at);
  return typeof value === 'object' && value !== null ? objectProblems({ ...value }, schema, at) : [];
}

function arrayProblems(value: readonly unknown[], schema: Schema, at: string): readonly string[] {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  const size = value.length < minItems || value.length > maxItems ? [`${at}: has ${value.length} items`] : [];
  return [
    ...size,
    ...(items === undefined
      ? []
      : value.flatMap((item, index) => schemaProblems(item, items, `${at}[${index}]`))),
  ];
}

function objectProblems(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties = true }: Schema,
  at: string,
): readonly string[] {
  const missing = required.filter((key) => !(key in value)).map((key) => `${at}: has no ${key}`);
  const wrong = Object.entries(value).flatMap(([key, inner]) => {
    const own = properties[key];
    if (own !== undefined) return schemaProblems(inner, own, `${at}.${key}`);
    if (additionalProperties === false) return [`${at}: may not have ${key}`];
    return additionalProperties === true ? [] : schemaProblems(inner, additionalProperties, `${at}.${key}`);
  });
  return [...missing, ...wrong];
}

function hasType(value: unknown, type: NonNullable<Schema['type']>): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
  }
}
