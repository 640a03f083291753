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
  const type = NOARCH_TYPES.get(inner.text('type')?.toLowerCase() ?? '');
  if (type === 'none') return {};
  if (type === undefined) throw inner.wrong('type', "'generic' or 'python'");
  return { noarch: { type, entry_points: type === 'python' ? (inner.texts('entry_points') ?? []) : [] } };
}

/** Old packages say `True` where they mean generic, as in conda's first form of noarch. */
const NOARCH_TYPES: ReadonlyMap<string, 'generic' | 'python' | 'none'> = new Map([
  ['generic', 'generic'],
  ['python', 'python'],
  ['true', 'generic'],
  ['false', 'none'],
]);
