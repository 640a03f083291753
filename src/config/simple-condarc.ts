import type { Scalar } from './coerce.ts';
import { type Flag, parseFlag, type RawValue } from './raw-value.ts';

/** `key: value`, `- value` or `key:`, each with a comment behind it or not. */
const KEY = /^([a-z][a-z0-9_-]*):(?:[ ]+(.*))?$/;
const ITEM = /^( *)-[ ]+(.*)$/;
const COMMENT = /(?:^|[ ])#(.*)$/;
/** Texts that every YAML reader takes as they stand. */
const PLAIN =
  /^[A-Za-z0-9_./$~](?:[A-Za-z0-9_./$~+=@%()<>{}-]| (?=[A-Za-z0-9]))*(?::\/\/[A-Za-z0-9_./$~+=@%()<>{}:-]*[A-Za-z0-9_/])?$/;
const QUOTED = /^(?:'([^'\\]*)'|"([^"\\]*)")$/;
const FLOW = /^\[([^[\]{}'"#&*!|>]*)\]$/;
/** What only a real reader should decide: numbers beyond plain integers. */
const NUMBER_LIKE = /^[-+.]?[0-9]|^\.(?:inf|nan)$/i;
const INTEGER = /^(?:0|[1-9][0-9]{0,14})$/;

/**
 * Reads the YAML that nearly every `.condarc` consists of: keys with a single value, or with a list of such. Undefined
 * when there is anything else in the text; then a YAML parser must read it. What this reads, a parser reads alike.
 */
export function parseSimpleCondarc(text: string): ReadonlyMap<string, RawValue> | undefined {
  const values = new Map<string, RawValue>();
  let open: OpenList | undefined;
  let indent: number | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^ *(?:#.*)?$/.test(line)) continue;
    const item = ITEM.exec(line);
    const pair = KEY.exec(line);
    if (item !== null) {
      const value = parseValue(item[2] ?? '', index + 1);
      const depth = item[1]?.length ?? 0;
      if (open === undefined || value?.kind !== 'scalar' || depth !== (indent ?? depth)) return undefined;
      indent = depth;
      open.items.push(value);
      values.set(open.key, { kind: 'list', items: open.items, flag: open.flag, line: open.line });
    } else {
      const key = pair?.[1];
      const rest = pair?.[2] ?? '';
      const value = parseValue(rest, index + 1);
      if (key === undefined || value === undefined || values.has(key)) return undefined;
      values.set(key, value);
      // Items may follow a key that has nothing behind it; without any, its value is null.
      open =
        rest.replace(COMMENT, '').trim() === ''
          ? { key, items: [], flag: value.flag, line: index + 1 }
          : undefined;
      indent = undefined;
    }
  }
  return values;
}

/** A key that nothing stands behind, and the items below it. */
interface OpenList {
  readonly key: string;
  readonly items: RawValue[];
  readonly flag: Flag | undefined;
  readonly line: number;
}

function parseValue(text: string, line: number): RawValue | undefined {
  const comment = COMMENT.exec(text);
  if (comment?.[1]?.includes('#') === true) return undefined;
  const flag = comment === null ? undefined : parseFlag(comment[1] ?? '');
  const written = (comment === null ? text : text.slice(0, comment.index)).trim();
  const flow = FLOW.exec(written);
  if (flow !== null) {
    const inside = (flow[1] ?? '').trim();
    const texts = inside === '' ? [] : inside.split(',').map((item) => item.trim());
    const items = texts.map(parseScalar);
    if (texts.includes('') || items.includes(undefined)) return undefined;
    const placed = items.flatMap((item) => (item === undefined ? [] : [{ ...item, flag: undefined, line }]));
    return { kind: 'list', items: placed, flag, line };
  }
  const scalar = parseScalar(written);
  return scalar === undefined ? undefined : { ...scalar, flag, line };
}

function parseScalar(written: string): Extract<RawValue, { kind: 'scalar' }> | undefined {
  const quoted = QUOTED.exec(written);
  if (quoted !== null) return scalar(quoted[1] ?? quoted[2] ?? '');
  if (/^(?:~|null|Null|NULL|)$/.test(written)) return scalar(null);
  if (/^(?:true|True|TRUE)$/.test(written)) return scalar(true);
  if (/^(?:false|False|FALSE)$/.test(written)) return scalar(false);
  if (INTEGER.test(written)) return { kind: 'scalar', value: Number(written), text: written };
  return PLAIN.test(written) && !NUMBER_LIKE.test(written) ? scalar(written) : undefined;
}

function scalar(value: Scalar): Extract<RawValue, { kind: 'scalar' }> {
  return { kind: 'scalar', value };
}
