/** How the process meets SIGINT, SIGTERM and SIGHUP. */
export interface Signals {
  /** Aborted by the first of them. The second ends the process at once. */
  readonly signal: AbortSignal;
  /** From now on they go to `receiver` alone. */
  readonly handOver: (receiver: (signal: NodeJS.Signals) => void) => void;
  /** Stops listening. */
  readonly release: () => void;
}

const LISTENED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const INTERRUPTED = 130;

/** Starts listening; `beforeExit` puts the terminal right when a second signal ends the process. */
export function listenToSignals(beforeExit: () => void): Signals {
  const controller = new AbortController();
  let receiver: ((signal: NodeJS.Signals) => void) | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    if (receiver !== undefined) {
      receiver(signal);
    } else if (controller.signal.aborted) {
      beforeExit();
      process.exit(INTERRUPTED);
    } else {
      controller.abort();
    }
  };
  for (const name of LISTENED) process.on(name, listener);
  return {
    signal: controller.signal,
    handOver: (next) => {
      receiver = next;
    },
    release: () => {
      for (const name of LISTENED) process.off(name, listener);
    },
  };
}
