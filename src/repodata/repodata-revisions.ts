/**
 * What to say of records that stand apart in a form that is not known here (CEP 48): they are left out, and their channel may have
 * something to tell those who can't read them. A sentence for each.
 *
 * @param revisions `info.repodata_revisions`: `{ v4: { message, n_packages } }`
 */
export function describeUnknownRevisions(revisions: unknown): readonly string[] {
  if (!isObject(revisions)) return [];
  return Object.entries(revisions)
    .filter(([name]) => /^v\d{1,9}$/.test(name) && Number(name.slice(1)) > NEWEST)
    .map(([name, about]) => {
      const { message, n_packages: count } = isObject(about) ? about : {};
      const what = typeof count === 'number' ? `${count} packages` : 'packages';
      const text =
        typeof message === 'string' ? message.slice(0, LONGEST).replaceAll(CONTROLS, ' ').trim() : '';
      return `left out ${what} in a form that this tconda can't read (${name})${text === '' ? '' : `: ${text}`}`;
    });
}

const NEWEST = 3;
/** Characters; CEP 48 allows 8192 bytes. */
const LONGEST = 8192;
// oxlint-disable-next-line no-control-regex -- these are meant
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
