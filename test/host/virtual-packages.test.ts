import { execFileSync } from 'node:child_process';
import os from 'node:os';

import { describe, expect, test } from 'vitest';

import { currentHost, detectVirtualPackages, nativeSubdir, type Host } from '../../src/host/index.ts';
import { parseNvidiaSmi } from '../../src/host/cuda.ts';

const LINUX: Host = {
  ...currentHost(),
  platform: 'linux',
  arch: 'x64',
  machine: 'x86_64',
  release: '6.1.0-18-amd64',
  env: { PATH: '' },
  glibcVersion: () => '2.36',
};

describe('nativeSubdir', () => {
  test.each([
    ['linux', 'x64', 'x86_64', 'linux-64'],
    ['linux', 'ia32', 'x86_64', 'linux-32'],
    ['linux', 'arm64', 'aarch64', 'linux-aarch64'],
    ['linux', 'arm', 'armv6l', 'linux-armv6l'],
    ['linux', 'arm', 'aarch64', 'linux-armv7l'],
    ['linux', 'ppc64', 'ppc64le', 'linux-ppc64le'],
    ['linux', 's390x', 's390x', 'linux-s390x'],
    ['linux', 'riscv64', 'riscv64', 'linux-riscv64'],
    ['darwin', 'x64', 'x86_64', 'osx-64'],
    ['darwin', 'arm64', 'arm64', 'osx-arm64'],
    ['win32', 'x64', 'x86_64', 'win-64'],
    ['win32', 'arm64', 'arm64', 'win-arm64'],
    ['freebsd', 'x64', 'amd64', 'freebsd-64'],
  ])('%s %s on %s is %s', (platform, arch, machine, subdir) => {
    expect(nativeSubdir({ platform, arch, machine })).toBe(subdir);
  });
});

describe('detectVirtualPackages', () => {
  test('tells what a Linux is', () => {
    expect(found(LINUX, 'linux-64')).toMatchObject({
      __unix: '0=0',
      __linux: '6.1.0=0',
      __glibc: '2.36=0',
      __conda: '26.7.0=0',
    });
  });

  test('without glibc there is no __glibc', () => {
    expect(found({ ...LINUX, glibcVersion: () => undefined }, 'linux-64')).not.toHaveProperty('__glibc');
  });

  test.each([
    ['osx-arm64', { __unix: '0=0', __osx: '0=0', __archspec: '1=arm64', __conda: '26.7.0=0' }],
    ['win-64', { __win: '0=0', __archspec: '1=x86_64', __conda: '26.7.0=0' }],
    ['win-32', { __win: '0=0', __archspec: '1=x86', __conda: '26.7.0=0' }],
    ['emscripten-wasm32', { __unix: '0=0', __archspec: '1=wasm32', __conda: '26.7.0=0' }],
  ])('of the foreign target %s', (subdir, packages) => {
    expect(found(LINUX, subdir)).toEqual(packages);
  });

  test('of a foreign Linux from another system', () => {
    const mac: Host = { ...LINUX, platform: 'darwin', arch: 'arm64' };
    expect(found(mac, 'linux-64')).toMatchObject({
      __linux: '0=0',
      __glibc: '2.17=0',
      __archspec: '1=x86_64',
    });
  });

  test.each([
    [{ CONDA_OVERRIDE_GLIBC: '2.28' }, 'linux-64', { __glibc: '2.28=0' }],
    [{ CONDA_OVERRIDE_LINUX: '5.4.0-99' }, 'linux-64', { __linux: '5.4.0=0' }],
    [{ CONDA_OVERRIDE_LINUX: '' }, 'linux-64', { __linux: '0=0' }],
    [{ CONDA_OVERRIDE_CUDA: '12.4' }, 'linux-64', { __cuda: '12.4=0' }],
    [{ CONDA_OVERRIDE_CUDA: '12.4', CONDA_OVERRIDE_CUDA_ARCH: '8.6' }, 'linux-64', { __cuda_arch: '8.6=0' }],
    [{ CONDA_OVERRIDE_ARCHSPEC: 'zen4' }, 'linux-64', { __archspec: '1=zen4' }],
    [{ CONDA_OVERRIDE_OSX: '14.1' }, 'osx-arm64', { __osx: '14.1=0' }],
    [{ CONDA_OVERRIDE_WIN: '10.0.19045' }, 'win-64', { __win: '10.0.19045=0' }],
  ])('%j decides for %s', (env, subdir, packages) => {
    expect(found({ ...LINUX, env }, subdir)).toMatchObject(packages);
  });

  test.each([
    [{ CONDA_OVERRIDE_GLIBC: '' }, 'linux-64', '__glibc'],
    [{ CONDA_OVERRIDE_CUDA: '' }, 'linux-64', '__cuda'],
    [{ CONDA_OVERRIDE_OSX: '' }, 'osx-64', '__osx'],
  ])('%j for %s leaves %s out', (env, subdir, name) => {
    expect(found({ ...LINUX, env }, subdir)).not.toHaveProperty(name);
  });

  test('the environment wins over the settings', () => {
    const overrides = new Map([
      ['__glibc', '2.5'],
      ['cuda', '11.8'],
    ]);
    const host = { ...LINUX, env: { CONDA_OVERRIDE_GLIBC: '2.12' } };
    expect(found(host, 'linux-64', overrides)).toMatchObject({ __glibc: '2.12=0', __cuda: '11.8=0' });
  });

  test.runIf(process.platform === 'linux')('agrees with what this machine says elsewhere', () => {
    const host = { ...currentHost(), env: { PATH: '' } };
    const packages = found(host, nativeSubdir(host));
    expect(os.release().startsWith(packages['__linux']?.split('=')[0] ?? 'none')).toBe(true);
  });

  test.runIf(currentHost().glibcVersion() !== undefined)('agrees with the C library of this machine', () => {
    const said = execFileSync('getconf', ['GNU_LIBC_VERSION'], { encoding: 'utf8' });
    expect(said.trim()).toBe(
      `glibc ${found(currentHost(), nativeSubdir(currentHost()))['__glibc']?.split('=')[0] ?? ''}`,
    );
  });
});

test('parseNvidiaSmi takes the lowest capability', () => {
  const gpu = (capability: string): string => `<gpu><compute_cap>${capability}</compute_cap></gpu>`;
  const xml = `<nvidia_smi_log><cuda_version>12.2</cuda_version>${gpu('8.9')}${gpu('8.6')}</nvidia_smi_log>`;
  expect(parseNvidiaSmi(xml)).toEqual({ version: '12.2', architecture: '8.6' });
  expect(parseNvidiaSmi('<nvidia_smi_log/>')).toBeUndefined();
});

function found(host: Host, subdir: string, overrides?: ReadonlyMap<string, string>): Record<string, string> {
  const packages = detectVirtualPackages(host, subdir, overrides);
  return Object.fromEntries(packages.map(({ name, version, build }) => [name, `${version}=${build}`]));
}
