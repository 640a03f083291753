import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';

/** Which process, so exactly that a reused number or another machine is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; where the system tells. */
  readonly start?: string;
  /** The machine, its boot and its namespace of process numbers. */
  readonly host: string;
}

/** This process; found out once. */
export function currentProcess(): ProcessIdentity {
  current ??= { pid, host: hostIdentity(), ...startOf(pid) };
  return current;
}

let current: ProcessIdentity | undefined;

/** `unknown`: it is of another machine or container, where we can't look. */
export function processState(identity: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (identity.host !== currentProcess().host) return 'unknown';
  try {
    kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead';
  }
  if (identity.start === undefined) return 'alive';
  const { start } = startOf(identity.pid);
  return start === undefined || start === identity.start ? 'alive' : 'dead';
}

function startOf(process: number): { start?: string } {
  try {
    const text = readFileSync(`/proc/${process}/stat`, 'latin1');
    // The second field, the command in parentheses, may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const start = fields[19];
    if (start === undefined) return {};
    // A zombie holds nothing any more: only its parent has yet to hear of it.
    return { start: state === 'Z' || state === 'X' ? `${start} ended` : start };
  } catch {
    return {};
  }
}

function hostIdentity(): string {
  return [hostname(), firstLine('/proc/sys/kernel/random/boot_id'), link('/proc/self/ns/pid')]
    .filter((part) => part !== '')
    .join(' ');
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
