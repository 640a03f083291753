/** A name out of an archive as a message can show it: in quotes, control characters escaped, cut when it is very long. */
export function quotePath(name: string): string {
  const short = name.length > MAX ? `${name.slice(0, MAX)}…` : name;
  const visible = short.replace(INVISIBLE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `'${visible}'`;
}

const MAX = 200;

/** Control characters, which a terminal would obey, and those that turn the direction of text. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
