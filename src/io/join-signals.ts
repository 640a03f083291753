import { setMaxListeners } from 'node:events';

/** One signal for several, which may be missing. `dispose` when it is of no use any more. */
export function joinSignals(...signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal | undefined;
  readonly dispose: () => void;
} {
  const given = signals.filter((signal) => signal !== undefined);
  if (given.length < 2) return { signal: given[0], dispose: () => undefined };
  // Not AbortSignal.any: what it makes lives as long as the longest-lived of its sources.
  const controller = new AbortController();
  const abort = (event: Event): void => controller.abort((event.target as AbortSignal).reason);
  // Each open request listens, and node warns of more than ten.
  setMaxListeners(0, ...given);
  for (const signal of given) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', abort);
  }
  return {
    signal: controller.signal,
    dispose: () => {
      for (const signal of given) signal.removeEventListener('abort', abort);
    },
  };
}
