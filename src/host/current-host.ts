import { realpathSync } from 'node:fs';
import { availableParallelism, cpus, homedir, machine, release, tmpdir } from 'node:os';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Host } from './host.ts';

/** The machine this process runs on, as it is now. What takes time to find out is asked when it is called for. */
export function currentHost(): Host {
  return {
    platform: process.platform,
    arch: process.arch,
    get machine() {
      return machine();
    },
    get release() {
      return release();
    },
    home: homeDirectory(),
    cwd: currentFolder(),
    get tmpdir() {
      return tmpdir();
    },
    get program() {
      return runningFile();
    },
    runtime: process.execPath,
    get cores() {
      return availableParallelism();
    },
    // oxlint-disable-next-line node/no-process-env -- the one place where the environment enters
    env: process.env,
    pid: process.pid,
    uid: process.getuid?.(),
    gid: process.getgid?.(),
    // Making the streams takes milliseconds.
    get terminal() {
      return {
        input: process.stdin.isTTY === true,
        output: process.stdout.isTTY === true,
        errors: process.stderr.isTTY === true,
      };
    },
    now: Date.now,
    glibcVersion,
    cpuModel: () => cpus()[0]?.model.trim() ?? '',
  };
}

function homeDirectory(): string {
  // What the system would answer with, without the module that asks it.
  // oxlint-disable-next-line node/no-process-env -- as above
  const { HOME } = process.env;
  if (process.platform !== 'win32' && HOME !== undefined && HOME !== '') return HOME;
  try {
    return homedir();
  } catch {
    // A user without an entry in the system's list of users, as in containers that run under any number.
    return '/';
  }
}

function runningFile(): string | undefined {
  const file = process.argv[1];
  if (file === undefined) return undefined;
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}

function glibcVersion(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  // Looking up names for the open sockets would make the report slow.
  Object.assign(process.report, { excludeNetwork: true });
  const report: unknown = process.report.getReport();
  const header = isRecord(report) ? report['header'] : undefined;
  const version = isRecord(header) ? header['glibcVersionRuntime'] : undefined;
  return typeof version === 'string' ? version : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * Where somebody has removed it, what the shell says it was: most of what is asked for has a name or a whole path.
 * @throws {TcondaError} `FILE_NOT_FOUND` where the shell says nothing either
 */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    // oxlint-disable-next-line node/no-process-env -- as above
    const { PWD } = process.env;
    if (PWD !== undefined && path.isAbsolute(PWD)) return PWD;
    throw new TcondaError('FILE_NOT_FOUND', 'The folder you are in is not there any more', {
      hint: 'Go to another one: cd ~',
    });
  }
}
