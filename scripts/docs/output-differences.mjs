import { readFileSync } from 'node:fs';

/**
 * What is printed otherwise than conda prints it, with the reasons; the test that replays recordings of conda reads the same file.
 * @param {string} file
 */
export function outputDifferences(file) {
  /** @type {{ differences: { reason: string, steps: string[] }[] }} */
  const { differences } = JSON.parse(readFileSync(file, 'utf8'));
  const rows = differences.map(({ reason, steps }) => {
    const names = steps.map((step) => step.replace(/^\d+-/, ''));
    const shown = names.slice(0, 4).join(', ');
    return `| ${reason} | ${shown}${names.length > 4 ? `, and ${names.length - 4} more` : ''} |`;
  });
  return [
    '## Output',
    '',
    'What scripts read of conda 26.7 is printed as conda prints it: `test/e2e/oracle.test.ts` replays recordings of it where',
    'they are at hand (`TCONDA_ORACLE`), and compares exit codes, text and JSON. Progress, times, versions and the advice behind',
    'errors are masked. What differs, and why:',
    '',
    '| difference | seen in |',
    '| --- | --- |',
    ...rows,
  ].join('\n');
}
