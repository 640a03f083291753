import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Host } from './host.ts';

/** What the NVIDIA driver says of itself. */
export interface CudaDriver {
  /** The newest CUDA it runs: `12.2`. */
  readonly version: string;
  /** Lowest compute capability of the devices: `8.6`; undefined when there is none. */
  readonly architecture: string | undefined;
}

const LINUX_SIGNS = ['/dev/nvidiactl', '/proc/driver/nvidia/version', '/usr/lib/wsl/lib/libcuda.so.1'];
const TIMEOUT_MS = 10_000;

/** Asks the driver's own tool, and only where a driver left a sign: a machine without one pays three file look-ups. */
export function findCudaDriver(host: Pick<Host, 'platform' | 'env'>): CudaDriver | undefined {
  const tool = findTool(host);
  if (tool === undefined) return undefined;
  const { status, stdout } = spawnSync(tool, ['--query', '-u', '-x'], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  return status === 0 ? parseNvidiaSmi(stdout) : undefined;
}

/** @param xml the output of `nvidia-smi --query -u -x` */
export function parseNvidiaSmi(xml: string): CudaDriver | undefined {
  const version = /<cuda_version>\s*(\d+\.\d+)\s*<\/cuda_version>/.exec(xml)?.[1];
  if (version === undefined) return undefined;
  const capabilities = [...xml.matchAll(/<(?:compute_cap|cuda_compute_capability)>\s*(\d+)\.(\d+)/g)].map(
    ([, major, minor]) => [Number(major), Number(minor)] as const,
  );
  const lowest = capabilities.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])[0];
  return { version, architecture: lowest?.join('.') };
}

function findTool({ platform, env }: Pick<Host, 'platform' | 'env'>): string | undefined {
  if (platform === 'linux') {
    if (!LINUX_SIGNS.some((file) => existsSync(file))) return undefined;
    const onWsl = '/usr/lib/wsl/lib/nvidia-smi';
    return findOnPath('nvidia-smi', env['PATH'], ':') ?? (existsSync(onWsl) ? onWsl : undefined);
  }
  if (platform !== 'win32') return undefined;
  const system = path.win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32');
  if (!['nvcuda64.dll', 'nvcuda.dll'].some((file) => existsSync(path.win32.join(system, file))))
    return undefined;
  const tool = path.win32.join(system, 'nvidia-smi.exe');
  return existsSync(tool) ? tool : undefined;
}

function findOnPath(name: string, searchPath: string | undefined, separator: string): string | undefined {
  return (searchPath ?? '')
    .split(separator)
    .filter((directory) => directory !== '')
    .map((directory) => path.join(directory, name))
    .find((file) => existsSync(file));
}
