import type { LinkJson } from '../model/package-info.ts';
import { JsonFields, parseJson } from './json-fields.ts';

/**
 * Parses `info/link.json`, or the `info/package_metadata.json` of before.
 * @throws {TcondaError} `INVALID_PACKAGE_INFO`
 */
export function parseLinkJson(text: string, where = 'info/link.json'): LinkJson {
  const fields = new JsonFields(parseJson(text, where), where);
  if (fields.get('package_metadata_version') !== 1) throw fields.wrong('package_metadata_version', '1');
  const noarch = fields.get('noarch');
  if (noarch === undefined) return {};
  const inner = new JsonFields(noarch, where);
  const type = inner.text('type')?.toLowerCase();
  if (type !== 'generic' && type !== 'python') throw inner.wrong('type', "'generic' or 'python'");
  return { noarch: { type, entry_points: type === 'python' ? (inner.texts('entry_points') ?? []) : [] } };
}
