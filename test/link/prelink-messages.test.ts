import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { tellPrelinkMessages } from '../../src/link/index.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

function withMessages(messages: Readonly<Record<string, string>>) {
  const made = env.make('spam 1', { files: { 'share/spam': '' } });
  for (const [file, text] of Object.entries(messages)) {
    const place = path.join(made.directory, 'info/prelink_messages', file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  return made;
}

test('what packages want to be read is told as conda does, and asked about', async () => {
  const packages = [
    env.make('quiet 1'),
    withMessages({ 'b.txt': 'Spam spam,\n\nSPAM!\n', 'deep/a.txt': 'Eggs' }),
  ];
  const events: ProgressEvent[] = [];
  const report = (event: ProgressEvent): unknown => events.push(event);
  expect(await tellPrelinkMessages(packages, { report })).toBe(true);
  const text = [
    ...['', '', 'The following PRELINK MESSAGES are INCLUDED:', '', ''],
    ...['  File b.txt:', '', '  Spam spam,', '', '  SPAM!', '', ''],
    ...['  File a.txt:', '', '  Eggs', '', ''],
  ].join('\n');
  const [event] = events;
  expect(event?.kind === 'message' && event.text.split('\n')).toEqual(text.split('\n'));
  for (const answer of [true, false]) {
    // oxlint-disable-next-line no-await-in-loop -- there are two
    expect(await tellPrelinkMessages(packages, { report, confirmMessages: async () => answer })).toBe(answer);
  }
});

test('without messages nobody is asked', async () => {
  const confirmMessages = (): never => {
    throw new Error('nobody is to be asked');
  };
  const report = confirmMessages;
  expect(await tellPrelinkMessages([env.make('quiet 1')], { report, confirmMessages })).toBe(true);
  expect(await tellPrelinkMessages([withMessages({})], { report, confirmMessages })).toBe(true);
});
