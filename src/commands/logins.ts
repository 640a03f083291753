import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { Host } from '../host/index.ts';
import { writeFileAtomic } from '../io/atomic-file.ts';
import type { Credential, CredentialEntry } from '../io/auth.ts';
import {
  credentialsFile,
  formatRattlerCredential,
  KEYRING,
  loadStoredCredentials,
  parseRattlerCredential,
} from '../io/credential-files.ts';
import { findKeyring, type Keyring } from '../io/keyring.ts';
import { Secret } from '../model/secret.ts';

/** Every login of this user, ready for requests; those in the keyring are read when one needs them. */
export function loadLogins(
  host: Host,
  options: { readonly anacondaTokens: boolean },
): {
  readonly entries: readonly CredentialEntry[];
  readonly netrc: string | undefined;
  readonly warnings: readonly string[];
} {
  const { entries, netrc, warnings } = loadStoredCredentials({ ...host, ...options });
  let keyring: Keyring | undefined;
  return {
    entries: entries.map((entry): CredentialEntry => {
      if (!('kind' in entry)) return entry;
      const find = (): Credential | undefined => {
        keyring ??= findKeyring(host);
        const secret = keyring?.find(entry.at);
        return secret && parseRattlerCredential(parseJson(secret.reveal()));
      };
      return { at: entry.at, credential: find };
    }),
    netrc,
    warnings,
  };
}

/** Keeps a login for `at`: in the keyring when there is one, else in a file for this user alone. @returns where it lies */
export async function saveLogin(
  host: Host,
  at: string,
  credential: Credential,
  options: { readonly useKeyring: boolean },
): Promise<string> {
  const keyring = options.useKeyring ? findKeyring(host) : undefined;
  const plain = formatRattlerCredential(credential);
  const isKept = keyring?.save(at, new Secret(JSON.stringify(plain))) === true;
  await editFile(host, (logins) => ({ ...logins, [at]: isKept ? { [KEYRING]: true } : plain }));
  return isKept && keyring ? `the keyring (${keyring.name})` : credentialsFile(host);
}

/** Forgets the login for `at` that tconda keeps. @returns whether there was one */
export async function removeLogin(host: Host, at: string): Promise<boolean> {
  const logins = readLogins(credentialsFile(host));
  if (!Object.hasOwn(logins, at)) return false;
  if (Object.hasOwn(logins[at] ?? {}, KEYRING)) findKeyring(host)?.remove(at);
  await editFile(host, (all) => Object.fromEntries(Object.entries(all).filter(([place]) => place !== at)));
  return true;
}

type Logins = Readonly<Record<string, object>>;

async function editFile(host: Host, edit: (logins: Logins) => Record<string, unknown>): Promise<void> {
  const file = credentialsFile(host);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const text = `${JSON.stringify(edit(readLogins(file)), undefined, 2)}\n`;
  await writeFileAtomic(file, text, { mode: 0o600, durable: true });
}

/** Logins of kinds that are not known here stay as they are. */
function readLogins(file: string): Logins {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Logins;
  } catch {
    return {};
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
