import { formatTable } from '../../lib/measure.mjs';
import { LINKING } from './linking.mjs';

/** @typedef {import('../install.mjs').Row} Row */

/**
 * @param {readonly Row[]} rows
 * @param {readonly string[]} absent
 */
export function formatInstall(rows, absent) {
  const find = (/** @type {Row} */ row, /** @type {string} */ what) =>
    rows.find((other) => other.tool === 'tconda' && other.channel === row.channel && other.what === what);
  const ratio = (/** @type {Row} */ row, /** @type {string} */ what) => {
    const own = row.tool === 'tconda' ? undefined : find(row, what);
    return own === undefined ? '' : (own.seconds / row.seconds).toFixed(2);
  };
  const table = rows.map((row) => {
    const against = row.against ?? row.what;
    return [
      `${row.channel} ${row.what}`,
      row.tool,
      row.seconds.toFixed(2),
      row.best.toFixed(2),
      ...[row.cpu.toFixed(2), row.megabytes.toFixed(0)].map((cell) => cell.replace('NaN', '')),
      (row.files / row.best).toFixed(0),
      ratio(row, against),
      against === 'warm create --no-pyc' ? ratio(row, LINKING) : '',
    ];
  });
  const head = ['what', 'tool', 's', 'best s', 'cpu s', 'MB', 'files/s', 'tconda takes', 'its linking'];
  return `${formatTable([head, ...table])}\nabsent: ${absent.join(', ') || 'none'}`;
}
