/** How the process meets SIGINT, SIGTERM and SIGHUP. */
export interface Signals {
  /** Aborted by the first of them. The second ends the process at once. */
  readonly signal: AbortSignal;
  /** The one that aborted it. */
  readonly received: () => NodeJS.Signals | undefined;
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

/** Starts listening; `beforeExit` puts the terminal right and says what there is to say when a second signal ends the process. */
export function listenToSignals(beforeExit: (signal: NodeJS.Signals) => void): Signals {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  let receiver: ((signal: NodeJS.Signals) => void) | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    if (receiver !== undefined) {
      receiver(signal);
    } else if (controller.signal.aborted) {
      beforeExit(signal);
      process.exit(codeOfSignal(signal));
    } else {
      received = signal;
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
    received: () => received,
    handOver: (next) => {
      receiver = next;
    },
    release: () => listen(false),
  };
}

/** What a shell says of a program that a signal ended: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP. */
export function codeOfSignal(signal: NodeJS.Signals): number {
  return 128 + process.getBuiltinModule('node:os').constants.signals[signal];
}
