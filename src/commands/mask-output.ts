import { maskSettings } from '../io/url-secrets.ts';
import type { CommandResult } from './command.ts';

/** An answer made of what users wrote into their files, with the passwords and tokens of URLs covered. */
export function maskOutput(result: CommandResult): CommandResult {
  if (result.kind !== 'output') return result;
  return { ...result, json: maskDeep(result.json), lines: result.lines.map(maskSettings) };
}

function maskDeep(value: unknown): unknown {
  if (typeof value === 'string') return maskSettings(value);
  if (Array.isArray(value)) return value.map(maskDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [maskSettings(key), maskDeep(item)]));
}
