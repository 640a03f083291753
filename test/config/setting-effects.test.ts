import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { isSettingName, type Setting, SETTINGS } from '../../src/config/index.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The sources besides the table itself. */
const sources = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith(path.join('config', 'keys')))
  .map((file) => readFileSync(path.join(ROOT, 'src', file), 'utf8'))
  .join('\n');

const compatibility = readFileSync(path.join(ROOT, 'docs/compatibility.md'), 'utf8');
const [, withoutEffect = ''] =
  /## Settings without effect\n([^]*?)(?:\n## |<!--|$)/.exec(compatibility) ?? [];

/** Keys of the recorded configuration of conda 26.7, and of its sources. */
const { keys } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'conda-settings.json'), 'utf8')) as {
  readonly keys: readonly string[];
};

/** Settings are asked of what is called a configuration or settings, or by `get` alone among themselves. */
const isRead = (key: string): boolean =>
  new RegExp(`(?:(?:[cC]onfig|settings)\\.|[^.\\w])get\\(\\s*'${key}'`).test(sources);

test('every key of conda is one', () => {
  expect(keys.filter((key) => !isSettingName(key))).toEqual([]);
});

describe.each(Object.entries(SETTINGS as Readonly<Record<string, Setting>>))('%s', (key, setting) => {
  test('has a default, and one sentence for people', () => {
    expect(setting.fallback).toBeDefined();
    expect(setting.summary).toMatch(/^[A-Z`'].*[^.]$/);
  });

  test('is read by the program, or says why not, also in docs/compatibility.md', () => {
    const isIdle = setting.noEffect !== undefined;
    const isListed = withoutEffect.includes(`\`${key}\``) && withoutEffect.includes(setting.noEffect ?? '');
    expect({ isRead: isRead(key), isListed }).toEqual({ isRead: !isIdle, isListed: isIdle });
  });
});
