import { hasScheme, isPackageFile } from './channel-url.ts';
import { invalidChannel } from './channel.ts';

/**
 * A channel text as mamba reads it, before settings give it a meaning. mamba differs from conda: a platform, behind a
 * slash or in brackets, excludes all others, `noarch` too, and a text says by its form alone whether it is a path.
 */
export interface MambaChannel {
  readonly kind: 'unknown' | 'name' | 'url' | 'path' | 'package_url' | 'package_path';
  /** What remains of the text without its platforms. */
  readonly location: string;
  /** Sorted; none asks for all. */
  readonly platforms: readonly string[];
}

const UNKNOWN: ReadonlySet<string> = new Set(['', '<unknown>', 'none', 'none:///<unknown>', '<unknown>:///']);
const PLATFORM =
  /\/(noarch|linux-(?:32|64|armv6l|armv7l|aarch64|ppc64le|ppc64|s390x|riscv32|riscv64)|osx-(?:64|arm64)|win-(?:32|64|arm64)|zos-z)(?=\/|$)/;
const PATH = /^(?:~$|\.{1,2}$|\.\/|\.\.\/|~\/|\/|[a-z]:[/\\])/i;

/** @throws {TcondaError} `INVALID_CHANNEL` when a bracket closes that nothing opened */
export function parseMambaChannel(text: string): MambaChannel {
  const trimmed = text.trim();
  if (UNKNOWN.has(trimmed.toLowerCase())) return { kind: 'unknown', location: '<unknown>', platforms: [] };
  const { rest, platforms } = splitPlatforms(trimmed);
  const isPackage = isPackageFile(rest);
  if (hasScheme(rest)) {
    const isFile = rest.toLowerCase().startsWith('file:');
    const kind = isFile ? (isPackage ? 'package_path' : 'path') : isPackage ? 'package_url' : 'url';
    return { kind, location: rest, platforms };
  }
  if (PATH.test(rest) || isPackage) {
    const location = rest.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
    return { kind: isPackage ? 'package_path' : 'path', location, platforms };
  }
  return { kind: 'name', location: rest, platforms };
}

function splitPlatforms(text: string): { readonly rest: string; readonly platforms: readonly string[] } {
  if (text.endsWith(']')) {
    const open = text.lastIndexOf('[');
    if (open === -1) throw invalidChannel(text, text.length - 1);
    const isHost = /^[a-z]+:\/\/(?:[^/@]*@)?$/i.test(text.slice(0, open));
    if (!isHost) {
      const names = text.slice(open + 1, -1).split(/[|,;]/);
      const platforms = [
        ...new Set(names.map((name) => name.trim()).filter((name) => name !== '')),
      ].toSorted();
      return { rest: text.slice(0, open), platforms };
    }
  }
  if (isPackageFile(text)) return { rest: text, platforms: [] };
  const found = PLATFORM.exec(text);
  if (found === null) return { rest: text, platforms: [] };
  const [whole, platform = ''] = found;
  return { rest: text.slice(0, found.index) + text.slice(found.index + whole.length), platforms: [platform] };
}
