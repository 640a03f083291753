import { readFileSync } from 'node:fs';

/**
 * What is printed otherwise than conda prints it, with the reasons; the test that replays recordings of conda reads the same file.
 * @param {string} file
 */
export function outputDifferences(file) {
  /** @type {{ differences: { reason: string, steps: string[] }[] }} */
  const { differences } = JSON.parse(readFileSync(file, 'utf8'));
  /** @type {Map<string, Set<string>>} */
  const byReason = new Map();
  for (const { reason, steps } of differences) {
    byReason.set(reason, new Set([...(byReason.get(reason) ?? []), ...steps]));
  }
  const rows = [...byReason].map(([reason, set]) => {
    const steps = [...set];
    const names = steps.map((step) => step.replace(/^\d+-/, ''));
    const shown = names.slice(0, 4).join(', ');
    return `| ${reason} | ${shown}${names.length > 4 ? `, and ${names.length - 4} more` : ''} |`;
  });
  return [
    '## Output',
    '',
    'Questions are asked at a terminal only: `yes | conda remove …` is `tconda remove -y …` (see `exit-codes.md`). With `--json`, what',
    'needs a yes has it, as in conda.',
    '',
    'What scripts read of conda 26.7 is printed as conda prints it: `test/e2e/oracle.test.ts` replays recordings of it where',
    'they are at hand (`TCONDA_ORACLE`), and compares exit codes, text and JSON. Progress, times, versions and the advice behind',
    'errors are masked. What was recorded at a terminal is replayed at one. What differs, and why; nearly each reason names the lines that',
    'it excuses, and all others must be equal:',
    '',
    '| difference | seen in |',
    '| --- | --- |',
    ...rows,
  ].join('\n');
}
