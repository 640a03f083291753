import type { ChannelNames } from './channel-names.ts';
import type { Channel, ChannelCredentials } from './channel.ts';
import { decodeUrlText, joinUrl } from './channel-url.ts';
import { Secret } from './secret.ts';

/** Where a channel is, before its canonical name is known. */
export interface Place {
  readonly scheme: string;
  readonly auth: string | undefined;
  readonly token: string | undefined;
  readonly location: string;
  readonly name: string;
  readonly subdir?: string | undefined;
  readonly fileName?: string | undefined;
}

/** The channel at a place, under the name that people see. */
export function finishChannel(place: Place, names: ChannelNames): Channel {
  const name = decodeUrlText(place.name);
  const baseUrl = `${place.scheme}://${joinUrl(place.location, name)}`;
  const credentials = credentialsOf(place);
  return {
    scheme: place.scheme,
    location: place.location,
    name,
    canonicalName: canonicalName(place, name, names) ?? baseUrl,
    baseUrl,
    ...(place.subdir === undefined ? {} : { subdir: place.subdir }),
    ...(place.fileName === undefined ? {} : { fileName: decodeUrlText(place.fileName) }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

function canonicalName({ location }: Place, name: string, names: ChannelNames): string | undefined {
  const groupName = names.groupOf.get(name);
  if (groupName !== undefined) return groupName;
  if (name !== '' && [...names.custom.keys()].some((key) => startsWithParts(name, key))) return name;
  return location === names.alias.location || names.migratedAliases.includes(location) ? name : undefined;
}

/** Whether a path begins with another. Compares by path components up to the end of the shorter one, as conda does. */
export function startsWithParts(text: string, start: string): boolean {
  const parts = text.split('/');
  return start.split('/').every((part, index) => index >= parts.length || parts[index] === part);
}

function credentialsOf({ auth, token }: Place): ChannelCredentials | undefined {
  if (auth === undefined && token === undefined) return undefined;
  const colon = auth?.indexOf(':') ?? -1;
  const user = auth === undefined || colon === -1 ? auth : auth.slice(0, colon);
  const password = auth === undefined || colon === -1 ? '' : auth.slice(colon + 1);
  return {
    ...(user === undefined
      ? {}
      : { basic: { user: decodeAuth(user), password: new Secret(decodeAuth(password)) } }),
    ...(token === undefined ? {} : { token: new Secret(token) }),
  };
}

function decodeAuth(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
