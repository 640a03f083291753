import { readFileSync } from 'node:fs';

import { parsePackageName } from '../model/package-name.ts';
import type { VirtualPackage } from '../model/package-record.ts';
import { archOfSubdir, osOfSubdir } from '../model/subdir.ts';
import { CONDA_VERSION } from '../model/tool.ts';
import { findCudaDriver } from './cuda.ts';
import type { Host } from './host.ts';
import { parseAppleModel, parseCpuInfo } from './microarchitecture.ts';
import { nativeSubdir } from './native-subdir.ts';

/** Oldest C library that a machine of unknown kind is taken to have. */
const DEFAULT_GLIBC = '2.17';
const UNIX_SYSTEMS: readonly string[] = ['linux', 'osx', 'freebsd', 'emscripten'];

/** The values of a package name without its underscores, `glibc` to `2.28`; `null` or an empty text: there is none. */
export type VirtualOverrides = ReadonlyMap<string, string | null>;

/**
 * The properties of the machine that packages may depend on, for a target platform (CEP 30). Of a target other than
 * this machine only what can be known is told: versions of its system are 0 or the oldest usual.
 *
 * @param overrides from the setting `override_virtual_packages`; `CONDA_OVERRIDE_*` in the environment win over it
 */
export function detectVirtualPackages(
  host: Host,
  subdir: string,
  overrides: VirtualOverrides = new Map(),
): readonly VirtualPackage[] {
  const asked = readOverrides(host, overrides);
  const system = osOfSubdir(subdir);
  const isSystem = system === osOfSubdir(nativeSubdir(host));
  const packages: VirtualPackage[] = [];
  const add = (name: string, version: string | undefined, build = '0'): void => {
    if (version !== undefined) packages.push({ name: parsePackageName(`__${name}`), version, build });
  };

  const [archVersion, archBuild] = archspec(host, subdir, asked.get('archspec'));
  add('archspec', archVersion, archBuild);
  add('conda', CONDA_VERSION);
  addCuda(host, subdir, asked, add);
  if (UNIX_SYSTEMS.includes(system)) add('unix', '0');
  if (system === 'linux') {
    add(
      'linux',
      asked.has('linux')
        ? kernelVersion(asked.get('linux') ?? '')
        : isSystem
          ? kernelVersion(host.release)
          : '0',
    );
    add(
      'glibc',
      present(asked, 'glibc', () => (isSystem ? majorMinor(host.glibcVersion()) : DEFAULT_GLIBC)),
    );
  }
  if (system === 'osx')
    add(
      'osx',
      present(asked, 'osx', () => (isSystem ? macVersion() : '0')),
    );
  if (system === 'win')
    add(
      'win',
      present(asked, 'win', () => (isSystem ? host.release : '0')),
    );
  return packages;
}

function readOverrides(host: Pick<Host, 'env'>, overrides: VirtualOverrides): VirtualOverrides {
  const asked = new Map(
    [...overrides].map(([name, value]) => [name.replace(/^__/, '').toLowerCase(), value]),
  );
  for (const [variable, value] of Object.entries(host.env)) {
    if (value !== undefined && variable.startsWith('CONDA_OVERRIDE_')) {
      asked.set(variable.slice('CONDA_OVERRIDE_'.length).toLowerCase(), value.trim());
    }
  }
  return asked;
}

/** What was asked for, where an empty answer means that the package is absent; else what is measured. */
function present(
  asked: VirtualOverrides,
  name: string,
  measure: () => string | undefined,
): string | undefined {
  if (!asked.has(name)) return measure();
  const value = asked.get(name) ?? '';
  return value === '' ? undefined : value;
}

function archspec(host: Host, subdir: string, asked: string | null | undefined): readonly [string, string] {
  if (asked !== undefined && asked !== null && asked !== '') return ['1', asked];
  const measured = subdir === nativeSubdir(host) ? microarchitecture(host) : undefined;
  return measured === undefined ? foreignArchspec(subdir) : ['1', measured];
}

/** A family of processors is a name that archspec knows too. */
function foreignArchspec(subdir: string): readonly [string, string] {
  return subdir === 'noarch' ? ['0', '0'] : ['1', archOfSubdir(subdir)];
}

function microarchitecture(host: Host): string | undefined {
  if (host.platform === 'darwin') return parseAppleModel(host.cpuModel());
  if (host.platform !== 'linux') return undefined;
  const text = readText('/proc/cpuinfo');
  return text === undefined ? undefined : parseCpuInfo(text);
}

function addCuda(
  host: Host,
  subdir: string,
  asked: VirtualOverrides,
  add: (name: string, version: string | undefined) => void,
): void {
  if (asked.has('cuda')) {
    const version = present(asked, 'cuda', () => undefined);
    add('cuda', version);
    if (version !== undefined)
      add(
        'cuda_arch',
        present(asked, 'cuda_arch', () => undefined),
      );
    return;
  }
  const driver = subdir === nativeSubdir(host) ? findCudaDriver(host) : undefined;
  add('cuda', driver?.version);
  add('cuda_arch', driver === undefined ? undefined : present(asked, 'cuda_arch', () => driver.architecture));
}

function kernelVersion(release: string): string {
  return /^\d+\.\d+(?:\.\d+)?(?:\.\d+)?/.exec(release)?.[0] ?? '0';
}

function majorMinor(version: string | undefined): string | undefined {
  return version === undefined ? undefined : /^\d+\.\d+/.exec(version)?.[0];
}

/** From the file that the system itself keeps; a spawned tool may be told a compatible version instead. */
function macVersion(): string {
  const text = readText('/System/Library/CoreServices/SystemVersion.plist') ?? '';
  const version = /<key>ProductVersion<\/key>\s*<string>([^<]+)<\/string>/.exec(text)?.[1];
  return majorMinor(version) ?? '0';
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
