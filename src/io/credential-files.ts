import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { Secret } from '../model/secret.ts';
import type { Credential, CredentialEntry } from './auth.ts';

export interface CredentialFileOptions {
  /** Absolute. */
  readonly home: string;
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether tokens of anaconda-client count: conda's `add_anaconda_token`. */
  readonly anacondaTokens: boolean;
}

/** A login that lies in the keyring; it is read when a request needs it. */
export interface KeyringEntry {
  readonly at: string;
  readonly kind: 'keyring';
}

/** What the files of this machine say of credentials. */
export interface StoredCredentials {
  readonly entries: readonly (CredentialEntry | KeyringEntry)[];
  /** Text of `.netrc`. */
  readonly netrc: string | undefined;
  /** Files that others may read though they hold secrets, and files that can't be understood. */
  readonly warnings: readonly string[];
}

/** Where `tconda auth login` keeps what is not in the keyring. */
export function credentialsFile({ home, env }: Pick<CredentialFileOptions, 'home' | 'env'>): string {
  const named = env['TCONDA_AUTH_FILE'];
  if (named !== undefined && named !== '') return named;
  return path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'tconda', 'credentials.json');
}

/**
 * Every login that lies in a file here, the most particular source first: tconda's own, rattler's and pixi's
 * (`~/.rattler/credentials.json`), mamba's (`~/.mamba/auth/authentication.json`), anaconda-client's tokens, `.netrc`.
 */
export function loadStoredCredentials(options: CredentialFileOptions): StoredCredentials {
  const { home, env } = options;
  const warnings: string[] = [];
  const read = (file: string): string | undefined => {
    try {
      const text = readFileSync(file, 'utf8');
      if (options.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
        warnings.push(`Others can read ${file}, which holds secrets; run: chmod 600 ${file}`);
      }
      return text;
    } catch {
      return undefined;
    }
  };
  const parse = <T>(file: string, parseText: (text: string) => readonly T[]): readonly T[] => {
    const text = read(file);
    if (text === undefined) return [];
    try {
      return parseText(text);
    } catch {
      warnings.push(`${file} can't be understood, so its logins don't count`);
      return [];
    }
  };
  const entries = [
    ...parse(credentialsFile(options), parseRattlerCredentials),
    ...parse(
      env['RATTLER_AUTH_FILE'] || path.join(home, '.rattler', 'credentials.json'),
      parseRattlerCredentials,
    ),
    ...parse(path.join(home, '.mamba', 'auth', 'authentication.json'), parseMambaAuthentication),
    ...(options.anacondaTokens ? loadAnacondaTokens(options, read) : []),
  ].filter(({ at }) => URL.canParse(at.includes('://') ? at : `https://${at.replace(/^\*\./, '')}`));
  const netrcFiles = env['NETRC']
    ? [env['NETRC']]
    : ['.netrc', '_netrc'].map((name) => path.join(home, name));
  const netrc = netrcFiles.map(read).find((text) => text !== undefined);
  return { entries, netrc, warnings };
}

/**
 * rattler's format: `{ "host" or "*.domain": { "BearerToken": … } | { "CondaToken": … } | { "BasicHTTP": { username, password } } }`.
 * `S3Credentials` belong to `s3://bucket`. What is of another kind is left out.
 */
export function parseRattlerCredentials(text: string): readonly (CredentialEntry | KeyringEntry)[] {
  return objectEntries(JSON.parse(text)).flatMap(
    ([at, value]): readonly (CredentialEntry | KeyringEntry)[] => {
      const credential = parseRattlerCredential(value);
      if (credential !== undefined) return [{ at, credential }];
      return objectEntries(value).some(([key]) => key === KEYRING) ? [{ at, kind: 'keyring' }] : [];
    },
  );
}

/** Stands in tconda's own file for a login that is in the keyring. */
export const KEYRING = 'Keyring';

/** One login in rattler's format; undefined when it is of a kind that is not known here. */
export function parseRattlerCredential(value: unknown): Credential | undefined {
  const fields = new Map(objectEntries(value));
  const bearer = fields.get('BearerToken');
  if (typeof bearer === 'string') return { kind: 'bearer', token: new Secret(bearer) };
  const token = fields.get('CondaToken');
  if (typeof token === 'string') return { kind: 'token', token: new Secret(token) };
  const basic = new Map(objectEntries(fields.get('BasicHTTP')));
  const [user, password] = [basic.get('username'), basic.get('password')];
  if (typeof user === 'string' && typeof password === 'string') {
    return { kind: 'basic', user, password: new Secret(password) };
  }
  const s3 = new Map(objectEntries(fields.get('S3Credentials')));
  const [id, key, session] = ['access_key_id', 'secret_access_key', 'session_token'].map((name) =>
    s3.get(name),
  );
  if (typeof id !== 'string' || typeof key !== 'string') return undefined;
  const sessionToken = typeof session === 'string' && session !== '' ? new Secret(session) : undefined;
  return {
    kind: 's3',
    keys: { accessKeyId: id, secretAccessKey: new Secret(key), ...(sessionToken && { sessionToken }) },
  };
}

/** The same, to be written. Whoever calls answers for where it goes. */
export function formatRattlerCredential(credential: Credential): unknown {
  switch (credential.kind) {
    case 'bearer':
      return { BearerToken: credential.token.reveal() };
    case 'token':
      return { CondaToken: credential.token.reveal() };
    case 'basic':
      return { BasicHTTP: { username: credential.user, password: credential.password.reveal() } };
    case 's3': {
      const { accessKeyId, secretAccessKey, sessionToken } = credential.keys;
      return {
        S3Credentials: {
          access_key_id: accessKeyId,
          secret_access_key: secretAccessKey.reveal(),
          ...(sessionToken && { session_token: sessionToken.reveal() }),
        },
      };
    }
  }
}

/** mamba's format: `{ "host/path": { type, token | user, password in base64 } }`. */
export function parseMambaAuthentication(text: string): readonly CredentialEntry[] {
  return objectEntries(JSON.parse(text)).flatMap(([at, value]): readonly CredentialEntry[] => {
    const fields = new Map(objectEntries(value));
    const textOf = (key: string): string => {
      const field = fields.get(key);
      return typeof field === 'string' ? field : '';
    };
    switch (fields.get('type')) {
      case 'CondaToken':
        return [{ at, credential: { kind: 'token', token: new Secret(textOf('token')) } }];
      case 'BearerToken':
        return [{ at, credential: { kind: 'bearer', token: new Secret(textOf('token')) } }];
      case 'BasicHTTPAuthentication': {
        const password = new Secret(Buffer.from(textOf('password'), 'base64').toString('utf8'));
        return [{ at, credential: { kind: 'basic', user: textOf('user'), password } }];
      }
      default:
        return [];
    }
  });
}

/** `SITE.token`, the site's URL percent-encoded. A token for `https://api.X` is good for `https://conda.X`, too. */
function loadAnacondaTokens(
  { home, platform, env }: CredentialFileOptions,
  read: (file: string) => string | undefined,
): readonly CredentialEntry[] {
  const folder = anacondaFolder(home, platform, env);
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith('.token'))
    .flatMap((name): readonly CredentialEntry[] => {
      const site = decodeSite(name.slice(0, -'.token'.length));
      const token = read(path.join(folder, name))?.trim();
      if (site === undefined || !token) return [];
      const credential = { kind: 'token', token: new Secret(token) } as const;
      const twin = site.replace('://api.', '://conda.');
      return (twin === site ? [site] : [site, twin]).map((at) => ({ at, credential }));
    });
}

function anacondaFolder(home: string, platform: string, env: CredentialFileOptions['env']): string {
  const named = env['BINSTAR_CONFIG_DIR'];
  if (named) return path.join(named, 'data');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'binstar');
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'ContinuumIO', 'binstar');
  }
  return path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'binstar');
}

function decodeSite(name: string): string | undefined {
  try {
    const site = decodeURIComponent(name.replaceAll('+', ' '));
    return /^https?:\/\//.test(site) && URL.canParse(site) ? site.replace(/\/+$/, '') : undefined;
  } catch {
    return undefined;
  }
}

function objectEntries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
