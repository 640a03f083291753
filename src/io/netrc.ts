import { Secret } from '../model/secret.ts';

/** What a netrc file says of a host. */
export interface NetrcLogin {
  readonly user: string;
  readonly password: Secret;
}

/** The login of `host` in the text of a `.netrc`, else that of its `default` entry. */
export function findNetrcLogin(text: string, host: string): NetrcLogin | undefined {
  let fallback: NetrcLogin | undefined;
  for (const entry of parseEntries(text)) {
    const login = { user: entry.user, password: new Secret(entry.password) };
    if (entry.machine === host) return login;
    if (entry.machine === undefined) fallback ??= login;
  }
  return fallback;
}

interface Entry {
  readonly machine: string | undefined;
  user: string;
  password: string;
}

function parseEntries(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  // A macro runs to the next empty line and may hold any word.
  const words = text.replaceAll(/^[ \t]*macdef[^]*?(?:\n[ \t]*\n|$(?![^]))/gm, '\n').matchAll(WORD);
  const next = (): string => unquote(words.next().value?.[0] ?? '');
  for (let word = words.next(); !word.done; word = words.next()) {
    const [keyword] = word.value;
    const entry = entries.at(-1);
    if (keyword.startsWith('#')) continue;
    if (keyword === 'machine') entries.push({ machine: next(), user: '', password: '' });
    else if (keyword === 'default') entries.push({ machine: undefined, user: '', password: '' });
    else if (keyword === 'login' && entry) entry.user = next();
    else if (keyword === 'password' && entry) entry.password = next();
    else if (keyword === 'account') next();
  }
  return entries;
}

const WORD = /#[^\n]*|"(?:[^"\\]|\\.)*"|\S+/g;

function unquote(word: string): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word;
}
