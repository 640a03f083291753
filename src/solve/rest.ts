import { setImmediate as breathe } from 'node:timers/promises';

/**
 * Lets the rest of the process run, signals and timers among it, and ends here when it was told to.
 * @throws the signal's reason
 */
export async function rest(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  await breathe();
  signal.throwIfAborted();
}
