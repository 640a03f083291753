import type { ChildProcess } from 'node:child_process';
import { platform } from 'node:os';
import { kill } from 'node:process';

const HAS_GROUPS = platform() !== 'win32';

/** For `spawn`: with a group of its own whatever a program starts can be ended with it. */
export const OWN_GROUP = { detached: HAS_GROUPS } as const;

/** Sends a signal to a program that was started with {@link OWN_GROUP}, and to all that it started. */
export function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (HAS_GROUPS) kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // All of them are gone.
  }
}

/** Ends the group when `signal` fires: as Ctrl-C does, and after some seconds, which tidying up may take, for good. */
export function interruptGroup(child: ChildProcess, signal: AbortSignal): void {
  const stop = (): void => {
    endGroup(child, 'SIGINT');
    const force = setTimeout(() => {
      endGroup(child, 'SIGKILL');
      // Who has left the group may hold them as long as he likes.
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, PATIENCE);
    child.once('close', () => clearTimeout(force));
    // What pip started may live on when pip has ended.
    child.once('exit', () => endGroup(child, 'SIGTERM'));
  };
  signal.addEventListener('abort', stop, { once: true });
  child.once('close', () => signal.removeEventListener('abort', stop));
}

/** Milliseconds between asking a group to end and ending it. */
const PATIENCE = 5000;
