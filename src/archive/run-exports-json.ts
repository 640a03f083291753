import type { RunExportsJson } from '../model/package-info.ts';
import { invalidInfo, JsonFields, parseJson } from './json-fields.ts';

const KINDS = ['weak', 'strong', 'weak_constrains', 'strong_constrains', 'noarch'] as const;

/**
 * Parses `info/run_exports.json`; a list alone means weak ones (CEP 12).
 * @throws {TcondaError} `INVALID_PACKAGE_INFO`
 */
export function parseRunExportsJson(text: string, where = 'info/run_exports.json'): RunExportsJson {
  const value = parseJson(text, where);
  if (Array.isArray(value)) return { weak: new JsonFields({ weak: value }, where).texts('weak') ?? [] };
  const fields = new JsonFields(value, where);
  if ((fields.count('schema_version') ?? 1) > 2) throw invalidInfo(where, 'is of an unknown version');
  const found: Partial<Record<(typeof KINDS)[number], readonly string[]>> = {};
  for (const kind of KINDS) {
    const specs = fields.texts(kind);
    if (specs !== undefined) found[kind] = specs;
  }
  return found;
}
