import { formatTable } from '../../lib/measure.mjs';

/** @typedef {import('../repodata.mjs').Row} Row */

/** @param {{ rows: readonly Row[], absent: readonly string[] }} results */
export function formatRepodata({ rows, absent }) {
  const table = rows.map((row) => {
    const own = rows.find(
      (other) =>
        other.tool === 'tconda' &&
        [other.form, other.request, other.state].join() === [row.form, row.request, row.state].join(),
    );
    const [seconds, megabytes] = row.target ?? [];
    const isOwn = row.tool === 'tconda';
    return [
      `${row.form} ${row.request} ${row.state}`,
      row.tool,
      `${row.seconds.toFixed(3)} s`,
      `best ${row.best.toFixed(3)} s`,
      `cpu ${row.cpu.toFixed(2)} s`,
      `${row.megabytes.toFixed(0)} MB`,
      isOwn && seconds !== undefined ? `aim ${seconds} s, ${megabytes} MB` : '',
      isOwn ? '' : `${(row.best / (own?.best ?? Number.NaN)).toFixed(1)} x`,
    ];
  });
  const missing = absent.map((name) => `${name} (TCONDA_BENCH_${name.toUpperCase()})`);
  return `${formatTable(table)}\n${missing.length === 0 ? '' : `\nNot on PATH, so not compared: ${missing.join(', ')}`}`;
}
