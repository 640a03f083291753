import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import { matchesRecord } from '../model/match-spec.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { matchesVersion, parseVersionSpec } from '../model/version-spec.ts';
import { findVersion } from '../model/version.ts';
import { normalizeDistributionName } from '../record/index.ts';
import type { CommandSpec } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { targetOptions } from './options.ts';
import { findPipRecords } from './pip-records.ts';
import { loadSettings } from './settings.ts';
import { readWanted } from './spec-files.ts';

const SUCCESS =
  'Success. All the packages in the specification file are present in the environment with matching version and build string.';

export const compare: CommandSpec = {
  summary: 'Compare an environment with a file',
  description: 'Says which packages of a file an environment lacks, or has in another version or build.',
  operands: ['<file>'],
  options: [targetOptions],
  examples: ['tconda compare -n myenv environment.yml'],
  async run([file = ''], options, context) {
    const config = await loadSettings(options, context);
    const installed = await loadEnvironmentOf(config, context);
    const wanted = await readWanted([], [file], config, context);
    const pip = findPipRecords(installed, config, context);
    const all = [...installed.records, ...pip];
    const differences =
      wanted.kind === 'explicit'
        ? wanted.records.flatMap(({ name, version, build }) => checkSpec(`${name}==${version}=${build}`, all))
        : [
            ...wanted.specs.flatMap((spec) => checkSpec(spec, all)),
            ...(wanted.environment?.pip ?? [])
              .flatMap(({ lines }) => lines)
              .flatMap((line) => checkPipLine(line, all)),
          ];
    const isSame = differences.length === 0;
    const lines = isSame ? [SUCCESS] : differences;
    return { kind: 'output', json: lines, lines, exitCode: isSame ? 0 : 1 };
  },
};

function checkSpec(text: string, records: readonly PrefixRecord[]): readonly string[] {
  const spec = parseMatchSpec(text);
  const found = records.find(({ name }) => name === spec.name);
  if (found === undefined) return [`${spec.name} not found`];
  return matchesRecord(spec, found) ? [] : [mismatch(spec.name, text, found)];
}

const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*([^;#]*)/;

/** Options, paths and URLs say nothing of a version, and are passed over. */
function checkPipLine(line: string, records: readonly PrefixRecord[]): readonly string[] {
  const [, written, rest = ''] = REQUIREMENT.exec(line.trim()) ?? [];
  if (written === undefined || /^[\\/:]/.test(rest)) return [];
  const wanted = normalizeDistributionName(written);
  const found = records.find(({ name }) => normalizeDistributionName(name) === wanted);
  if (found === undefined) return [`${wanted} not found`];
  const versions = rest.replaceAll(/[\s()]/g, '');
  return versions === '' || versions.startsWith('@') || allows(versions, found.version)
    ? []
    : [mismatch(wanted, line.trim(), found)];
}

function allows(versions: string, installed: string): boolean {
  const version = findVersion(installed);
  try {
    return (
      version === undefined || matchesVersion(parseVersionSpec(versions.replaceAll('===', '==')), version)
    );
  } catch (error) {
    if (error instanceof TcondaError) return false;
    throw error;
  }
}

function mismatch(name: string, wanted: string, { version, build }: PrefixRecord): string {
  return `${name} found but mismatch. Specification pkg: ${wanted}, Running pkg: ${name}=${version}=${build}`;
}
