import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { isSettingName, type Setting, SETTINGS } from '../../src/config/index.ts';
import { NOWHERE, settingEffects } from '../helpers/setting-effects/index.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const compatibility = readFileSync(path.join(ROOT, 'docs/compatibility.md'), 'utf8');
const [, withoutEffect = ''] =
  /## Settings without effect\n([^]*?)(?:\n## |<!--|$)/.exec(compatibility) ?? [];

/** Keys of the recorded configuration of conda 26.7, and of its sources. */
const { keys } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'conda-settings.json'), 'utf8')) as {
  readonly keys: readonly string[];
};

/** Rows of `test/e2e/setting-effects.test.ts`, which runs the program with each setting and without. */
const rows = settingEffects(NOWHERE);

test('every key of conda is one', () => {
  expect(keys.filter((key) => !isSettingName(key))).toEqual([]);
});

test('every row is about a setting, and gives it', () => {
  const odd = rows.filter(({ key, rc, without = '' }) => {
    const line = new RegExp(`^${key}: `, 'm');
    return !isSettingName(key) || !line.test(rc) || rc === without;
  });
  expect(odd.map(({ key }) => key)).toEqual([]);
});

describe.each(Object.entries(SETTINGS as Readonly<Record<string, Setting>>))('%s', (key, setting) => {
  test('has a default, and one sentence for people', () => {
    expect(setting.fallback).toBeDefined();
    expect(setting.summary).toMatch(/^[A-Z`'].*[^.]$/);
  });

  test('has an effect that a test shows, or says why not, also in docs/compatibility.md', () => {
    const isIdle = setting.noEffect !== undefined;
    const isListed = withoutEffect.includes(`\`${key}\``) && withoutEffect.includes(setting.noEffect ?? '');
    const isShown = rows.some((row) => row.key === key);
    expect({ isShown, isListed }).toEqual({ isShown: !isIdle, isListed: isIdle });
  });
});
