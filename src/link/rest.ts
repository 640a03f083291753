import { setImmediate as breathe } from 'node:timers/promises';

/**
 * Lets the rest of the process run, and ends here when it was told to.
 * @throws the reason of `signal`
 */
export async function rest(signal: AbortSignal | undefined): Promise<void> {
  await breathe();
  signal?.throwIfAborted();
}
