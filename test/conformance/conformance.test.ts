import { describe, expect, test } from 'vitest';

import { KINDS } from './registry.ts';
import { countNotRun, runVectorFile, vectorFiles, vectorFolder } from './run.ts';

const folder = vectorFolder(import.meta.dirname);
const files = vectorFiles(folder);

test('every vector file is of a known kind', () => {
  expect(files).not.toEqual([]);
  expect(files.filter((file) => KINDS[file] === undefined)).toEqual([]);
});

describe.each(files)('%s', (file) => {
  test('all cases hold', async () => {
    const report = await runVectorFile(folder, file);
    expect(report.failures).toEqual([]);
    expect(report.passed + report.disputed + countNotRun(report)).toBe(report.total);
  });
});
