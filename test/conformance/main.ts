import { countNotRun, runVectorFile, vectorFiles, vectorFolder } from './run.ts';
import type { FileReport } from './run.ts';

const [own = '.'] = process.argv.slice(2);
const folder = vectorFolder(own);
const reports: FileReport[] = [];
for (const file of vectorFiles(folder)) {
  const report = await runVectorFile(folder, file);
  reports.push(report);
  process.stdout.write(`${lineOf(report)}\n`);
  for (const [reason, count] of report.notRun) process.stdout.write(`  not run: ${count} (${reason})\n`);
  for (const { id, message } of report.failures)
    process.stdout.write(`  FAILED ${id}: ${indented(message)}\n`);
}
const sum = (count: (report: FileReport) => number): number =>
  reports.reduce((total, report) => total + count(report), 0);
const failed = sum((report) => report.failures.length);
process.stdout.write(
  `${sum((report) => report.passed)} passed, ${failed} failed, ${sum((report) => report.disputed)} disputed, ` +
    `${sum(countNotRun)} not run, ${sum((report) => report.total)} total\n`,
);
if (reports.length === 0) process.stdout.write(`there are no vector files in ${folder}\n`);
process.exitCode = failed > 0 || reports.length === 0 ? 1 : 0;

function lineOf(report: FileReport): string {
  const name = report.file.padEnd(18);
  const { passed, failures, disputed, disputedAsConda, total } = report;
  const absent = report.notRun.size === 0 ? '' : `, ${countNotRun(report)} not run`;
  const asConda = disputed === 0 ? '' : ` (${disputedAsConda} as conda)`;
  return `${name} ${passed} passed, ${failures.length} failed, ${disputed} disputed${asConda}${absent}, ${total} total`;
}

function indented(message: string): string {
  return message.trim().replaceAll('\n', '\n    ');
}
