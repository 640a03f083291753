import path from 'node:path';

/** `~` and `~/x` in full; other texts as they are. */
export function expandHome(text: string, home: string): string {
  return text === '~' || /^~[\\/]/.test(text) ? path.join(home, text.slice(1)) : text;
}
