import { TcondaError } from '../errors.ts';
import { quotePath } from './quote-path.ts';

/**
 * The path of an archive's member below the directory it is extracted into, `/` separated, without `./` and doubled slashes;
 * empty for the directory itself.
 *
 * A path that would lead elsewhere on any system is refused, not repaired: absolute, with a drive letter or `..`, with NUL.
 * With `windows` also what Windows reads differently: backslashes, colons, reserved device names, a final dot or space.
 * @throws {TcondaError} `UNSAFE_ARCHIVE`
 */
export function parseMemberPath(text: string, options: { readonly windows: boolean }): string {
  if (text.startsWith('/')) throw unsafe(text, 'is absolute');
  if (/^[A-Za-z]:/.test(text)) throw unsafe(text, 'names a drive');
  if (text.includes('\0')) throw unsafe(text, 'contains NUL');
  if (options.windows && /[\\:*?"<>|]/.test(text)) throw unsafe(text, 'is no path on Windows');
  // Nearly every path is as it should be and need not be taken apart.
  if (!options.windows && !ODD.test(text)) return text;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  for (const part of parts) {
    if (part === '..') throw unsafe(text, "contains '..'");
    if (options.windows && (/[. ]$/.test(part) || isReserved(part)))
      throw unsafe(text, 'is no path on Windows');
  }
  return parts.join('/');
}

/** An empty part, or one that begins with a dot and may be `.` or `..`. */
const ODD = /(?:^|\/)(?:\.|\/|$)/;

function isReserved(part: string): boolean {
  return /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i.test(part.trim());
}

function unsafe(text: string, what: string): TcondaError {
  return new TcondaError('UNSAFE_ARCHIVE', `path ${quotePath(text)} ${what}`);
}
