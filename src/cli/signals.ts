/** How the process meets SIGINT, SIGTERM and SIGHUP. */
export interface Signals {
  /** Aborted by the first of them. The second ends the process at once. */
  readonly signal: AbortSignal;
  /** From now on they go to `receiver` alone. */
  readonly handOver: (receiver: (signal: NodeJS.Signals) => void) => void;
  /**
   * `false` leaves them to the system, which ends the process at once: for work that has nothing to clean up and no time to
   * listen. `true` listens again.
   */
  readonly listen: (isOn: boolean) => void;
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
  let isListening = false;
  const listen = (isOn: boolean): void => {
    if (isOn === isListening) return;
    isListening = isOn;
    for (const name of LISTENED) {
      if (isOn) process.on(name, listener);
      else process.off(name, listener);
    }
  };
  listen(true);
  return {
    listen,
    signal: controller.signal,
    handOver: (next) => {
      receiver = next;
    },
    release: () => listen(false),
  };
}
