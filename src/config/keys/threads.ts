import { INT } from '../setting-type.ts';
import { type DefaultContext, define, notNegative, type Setting } from '../setting.ts';

const GROUP = 'threads';

/** 0 stands for what holds when nobody says. */
const orDefault = (fallback: number) => ({
  check: notNegative,
  complete: (value: number, { defaultThreads }: DefaultContext) => value || defaultThreads || fallback,
});

/** Settings about how much is done at a time. */
export const threadKeys = {
  default_threads: define(GROUP, INT, 0, 'Threads for everything; 0 for as many as there are processors', {
    check: notNegative,
  }),
  fetch_threads: define(
    GROUP,
    INT,
    ({ defaultThreads }) => defaultThreads || 5,
    'Downloads at a time',
    orDefault(5),
  ),
  repodata_threads: define(
    GROUP,
    INT,
    ({ defaultThreads }) => defaultThreads,
    'Indexes at a time; 0 for all',
    orDefault(0),
  ),
  verify_threads: define(GROUP, INT, ({ defaultThreads }) => defaultThreads || 1, 'Checks at a time', {
    ...orDefault(1),
    noEffect: 'the number of processors decides',
  }),
  execute_threads: define(GROUP, INT, ({ defaultThreads }) => defaultThreads || 1, 'Links at a time', {
    ...orDefault(1),
    noEffect: 'the number of processors decides',
  }),
} as const satisfies Record<string, Setting>;
