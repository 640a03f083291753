/** The platforms that conda knows. Decides where `channel/subdir` and URLs split; repodata may name others. */
export const SUBDIRS = [
  'noarch',
  'emscripten-wasm32',
  'wasi-wasm32',
  'freebsd-64',
  'linux-32',
  'linux-64',
  'linux-aarch64',
  'linux-armv6l',
  'linux-armv7l',
  'linux-ppc64',
  'linux-ppc64le',
  'linux-riscv64',
  'linux-s390x',
  'osx-64',
  'osx-arm64',
  'win-32',
  'win-64',
  'win-arm64',
  'zos-z',
] as const;

/** One platform folder of a channel, as spelled there: `linux-64`, `noarch`. */
export type Subdir = (typeof SUBDIRS)[number];

const KNOWN: ReadonlySet<string> = new Set(SUBDIRS);
const VALID = /^(?=.{1,32}$)(?:noarch|[a-z0-9]+-[a-z0-9]+)$/;

/** Whether conda knows this platform. */
export function isKnownSubdir(text: string): text is Subdir {
  return KNOWN.has(text);
}

/** Whether the text has the form of a subdir (CEP 26), known or not. */
export function isValidSubdir(text: string): boolean {
  return VALID.test(text);
}

/** `linux` of `linux-64`; `noarch` of `noarch`. */
export function osOfSubdir(subdir: string): string {
  return subdir.split('-', 1)[0] ?? subdir;
}

/**
 * The processor family that a subdir promises, in the words of archspec: `x86_64` of `linux-64`, `x86` of `win-32`,
 * otherwise the second half as it stands.
 */
export function archOfSubdir(subdir: string): string {
  const arch = subdir.slice(subdir.indexOf('-') + 1);
  if (arch === '64') return 'x86_64';
  return arch === '32' ? 'x86' : arch;
}
