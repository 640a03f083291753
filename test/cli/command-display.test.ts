import { expect, test } from 'vitest';

import { openContext } from '../../src/cli/open-context.ts';
import type { Output } from '../../src/cli/output.ts';

test('nothing is told behind the outcome', () => {
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text), isTerminal: false } as unknown as Output;
  const signals = { signal: new AbortController().signal, listen: () => {} } as never;
  const global = { json: true, events: true, quiet: false, verbosity: 0 };
  const { context, display } = openContext([], global, { stdout: output, stderr: output, signals });
  context.report({ kind: 'phase-started', phase: 'link' });
  expect(written).toHaveLength(1);
  display.pause();
  context.report({ kind: 'phase-started', phase: 'link' });
  expect(written).toHaveLength(2);
  display.end();
  context.report({ kind: 'phase-finished', phase: 'link' });
  expect(written).toHaveLength(2);
});
