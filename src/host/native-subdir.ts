import type { Host } from './host.ts';

const SYSTEMS: Readonly<Record<string, string>> = {
  linux: 'linux',
  darwin: 'osx',
  win32: 'win',
  freebsd: 'freebsd',
  os390: 'zos',
};

/** The subdir whose packages run here. On a system that conda doesn't know: in the same form, from what the system says. */
export function nativeSubdir(host: Pick<Host, 'platform' | 'arch' | 'machine'>): string {
  const system = SYSTEMS[host.platform] ?? host.platform;
  return system === 'zos' ? 'zos-z' : `${system}-${architecture(host)}`;
}

function architecture(host: Pick<Host, 'platform' | 'arch' | 'machine'>): string {
  switch (host.arch) {
    case 'x64':
      return '64';
    case 'ia32':
      return '32';
    case 'arm64':
      return host.platform === 'linux' ? 'aarch64' : 'arm64';
    case 'arm':
      // A 32-bit process on a 64-bit kernel sees the kernel's name for the machine.
      return host.machine.startsWith('armv6') ? 'armv6l' : 'armv7l';
    case 'ppc64':
      return host.machine === 'ppc64' ? 'ppc64' : 'ppc64le';
    case 'loong64':
      return 'loongarch64';
    default:
      return host.arch;
  }
}
