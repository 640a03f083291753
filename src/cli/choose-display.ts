import type { GlobalOptions } from '../commands/command.ts';
import { eventToJson } from '../report/event-json.ts';
import { formatEvent, type Output } from './output.ts';
import {
  liveDisplay,
  plainDisplay,
  type ProgressDisplay,
  type ProgressDisplayOptions,
  silentDisplay,
} from './progress-display.ts';

/** The display for what is printed, and where. */
export function chooseDisplay(
  global: GlobalOptions,
  stdout: Output,
  isLive: boolean,
  options: ProgressDisplayOptions,
): ProgressDisplay {
  if (global.events === true) return eventDisplay(stdout);
  if (global.json || global.quiet) return silentDisplay(stdout, options);
  return isLive ? liveDisplay(stdout, options) : plainDisplay(stdout, options);
}

/** Whether somebody sits before the terminal, and it can do more than write on. */
export function canRedraw({ CI, TERM }: Readonly<Record<string, string | undefined>>): boolean {
  const isCi = CI !== undefined && CI !== '' && CI !== '0' && CI.toLowerCase() !== 'false';
  return !isCi && TERM !== 'dumb';
}

/** Every event as a line of JSON. */
function eventDisplay(stdout: Output): ProgressDisplay {
  return {
    report: (event) => stdout.write(formatEvent(eventToJson(event))),
    print: () => {},
    aside: (write) => write(),
    pause: () => {},
  };
}
