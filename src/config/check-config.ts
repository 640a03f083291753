import { TcondaError } from '../errors.ts';
import type { Config } from './config.ts';
import { isSettingName, SETTINGS } from './settings.ts';

/** All that is wrong with the values of settings, one by one and together. */
export function findConfigErrors(config: Pick<Config, 'get'>): readonly TcondaError[] {
  const checks = [
    ...Object.keys(SETTINGS)
      .filter(isSettingName)
      .map((name) => () => void config.get(name)),
    () => checkClientCertificate(config),
    () => checkLinking(config),
  ];
  const messages = new Map<string, TcondaError>();
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof TcondaError)) throw error;
      // A wrong setting that others build on is met more than once.
      messages.set(error.message, error);
    }
  }
  return [...messages.values()];
}

/** @throws {TcondaError} `CONFIG_VALUE` for a key without its certificate */
export function checkClientCertificate(config: Pick<Config, 'get'>): void {
  if (config.get('client_ssl_cert_key') === null || config.get('client_ssl_cert') !== null) return;
  throw new TcondaError('CONFIG_VALUE', 'client_ssl_cert_key is of no use without client_ssl_cert');
}

/** @throws {TcondaError} `CONFIG_VALUE` for wishes that exclude each other */
export function checkLinking(config: Pick<Config, 'get'>): void {
  if (!config.get('always_copy') || !config.get('always_softlink')) return;
  throw new TcondaError('CONFIG_VALUE', 'always_copy and always_softlink exclude each other');
}
