import { TcondaError } from '../errors.ts';
import { mergeMatchSpecs } from '../model/match-spec-merge.ts';
import { isNameOnlySpec, matchesRecord, type MatchSpec } from '../model/match-spec.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { isExactVersionSpec, matchesVersion } from '../model/version-spec.ts';
import { findVersion } from '../model/version.ts';

/** @throws {TcondaError} `PACKAGES_NOT_IN_PREFIX` when a spec matches nothing that is installed */
export function checkRemoval(
  requested: readonly MatchSpec[],
  { records, prefix }: Pick<PrefixData, 'records' | 'prefix'>,
): void {
  const missing = requested.filter((spec) => !records.some((record) => matchesRecord(spec, record)));
  if (missing.length === 0) return;
  const packages = missing.map(({ text }) => text);
  const formatted = packages.map((text) => `\n  - ${text}`).join('');
  throw new TcondaError(
    'PACKAGES_NOT_IN_PREFIX',
    `The following packages are missing from the target environment:\n  prefix: ${prefix}\n${formatted}`,
    { data: { package_name: packages, packages_formatted: formatted, prefix } },
  );
}

/** @throws {TcondaError} `UPDATE_SPEC` for more than a name, `PACKAGE_NOT_INSTALLED` for a name that is not there */
export function checkUpdate(
  requested: readonly MatchSpec[],
  { records, prefix }: Pick<PrefixData, 'records' | 'prefix'>,
): void {
  for (const spec of requested) {
    if (spec.exactName === undefined || !isNameOnlySpec(spec)) {
      const message = `\`tconda update\` only supports name-only spec, but received: ${spec.text}`;
      throw new TcondaError('UPDATE_SPEC', message, {
        hint: `Use install for a version of your choice: tconda install '${spec.text}'`,
        data: { spec: spec.text },
      });
    }
    if (!records.some(({ name }) => name === spec.name)) {
      throw new TcondaError(
        'PACKAGE_NOT_INSTALLED',
        `Package is not installed in prefix.\n  prefix: ${prefix}\n  package name: ${spec.name}`,
        {
          hint: `Install it: tconda install ${spec.name}`,
          data: { package_name: spec.name, packages_formatted: '', prefix },
        },
      );
    }
  }
}

/** @throws {TcondaError} `PIN_CONFLICT` when a pin and a request of the same name name different things */
export function checkPins(requested: readonly MatchSpec[], pins: readonly MatchSpec[]): void {
  for (const spec of requested) {
    for (const pin of pins) {
      if (spec.name !== pin.name || canMerge(spec, pin)) continue;
      throw new TcondaError('PIN_CONFLICT', `'${spec.text}' contradicts the pin '${pin.text}'`, {
        data: { requested_specs: [spec.text], pinned_specs: [pin.text] },
      });
    }
  }
}

/** Whether something can be both, as far as the texts tell: an exact version must be one that the other spec allows. */
function canMerge(spec: MatchSpec, pin: MatchSpec): boolean {
  if (!allowsVersionOf(spec, pin) || !allowsVersionOf(pin, spec)) return false;
  try {
    mergeMatchSpecs([spec, pin]);
    return true;
  } catch (error) {
    if (error instanceof TcondaError) return false;
    throw error;
  }
}

function allowsVersionOf(spec: MatchSpec, other: MatchSpec): boolean {
  if (spec.version === undefined || other.version === undefined || !isExactVersionSpec(other.version))
    return true;
  const version = findVersion(other.version.text.replace(/^=+/, ''));
  return version === undefined || matchesVersion(spec.version, version);
}
