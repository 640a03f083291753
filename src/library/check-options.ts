import { isSettingName } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { isValidSubdir } from '../model/subdir.ts';

/** What a program may have got wrong without a type checker telling it. */
export interface CheckableOptions {
  readonly name?: unknown;
  readonly prefix?: unknown;
  readonly specs?: unknown;
  readonly files?: unknown;
  readonly channels?: unknown;
  readonly configFiles?: unknown;
  readonly platform?: unknown;
  readonly settings?: unknown;
}

/**
 * Checks what callers without types get wrong, before anything is done with it.
 * @param needsTarget whether there must be a name or a prefix, and not both
 * @throws {TcondaError} `USAGE`
 */
export function checkOptions(options: CheckableOptions | undefined, needsTarget: boolean): void {
  if (typeof options !== 'object') throw wrong('options', 'must be an object');
  for (const key of ['specs', 'files', 'channels', 'configFiles'] as const) {
    const list = options[key];
    if (list !== undefined && !isTexts(list)) throw wrong(key, 'must be an array of strings');
  }
  for (const key of ['name', 'prefix'] as const) {
    const text = options[key];
    if (text !== undefined && (typeof text !== 'string' || text === '')) {
      throw wrong(key, 'must be a string that is not empty');
    }
  }
  if (needsTarget && (options.name === undefined) === (options.prefix === undefined)) {
    throw wrong('name, prefix', 'exactly one of them must be given');
  }
  const { platform, settings = {} } = options;
  if (platform !== undefined && (typeof platform !== 'string' || !isValidSubdir(platform))) {
    throw wrong('platform', `${JSON.stringify(platform)} is none, such as linux-64`);
  }
  for (const key of Object.keys(settings ?? {})) {
    if (!isSettingName(key)) throw wrong('settings', `there is no setting ${key}`);
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function wrong(key: string, problem: string): TcondaError {
  return new TcondaError('USAGE', `${key}: ${problem}`);
}
