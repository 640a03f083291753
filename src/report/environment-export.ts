import { formatMatchSpec } from '../model/match-spec-text.ts';
import type { MatchSpec } from '../model/match-spec.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { TOOL } from '../model/tool.ts';
import { isInGroup } from './channel-text.ts';
import { formatYamlScalar } from './yaml-scalar.ts';

/** What an `environment.yml` of an environment says, in the order of its keys. */
export interface EnvironmentExport {
  readonly name: string;
  readonly channels: readonly string[];
  /** Lines of `dependencies`. */
  readonly specs: readonly string[];
  /** `name==version` of what pip installed. */
  readonly pip: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  readonly prefix: string;
}

/** The lines of an `environment.yml`, as conda writes it. */
export function formatEnvironmentYaml(environment: EnvironmentExport): readonly string[] {
  const { name, channels, specs, pip, variables, prefix } = environment;
  const dependencies = [
    ...specs.map((spec) => `  - ${formatYamlScalar(spec)}`),
    ...(pip.length === 0 ? [] : ['  - pip:', ...pip.map((line) => `      - ${formatYamlScalar(line)}`)]),
  ];
  return [
    `name: ${formatYamlScalar(name)}`,
    ...(channels.length === 0
      ? []
      : ['channels:', ...channels.map((channel) => `  - ${formatYamlScalar(channel)}`)]),
    ...(dependencies.length === 0 ? ['dependencies: []'] : ['dependencies:', ...dependencies]),
    ...(variables.size === 0
      ? []
      : [
          'variables:',
          ...[...variables].map(([key, value]) => `  ${formatYamlScalar(key)}: ${formatYamlScalar(value)}`),
        ]),
    `prefix: ${formatYamlScalar(prefix)}`,
  ];
}

/** The same keys for `--json`. */
export function environmentToJson(environment: EnvironmentExport): Record<string, unknown> {
  const { name, channels, specs, pip, variables, prefix } = environment;
  return {
    name,
    ...(channels.length === 0 ? {} : { channels }),
    dependencies: [...specs, ...(pip.length === 0 ? [] : [{ pip }])],
    ...(variables.size === 0 ? {} : { variables: Object.fromEntries(variables) }),
    prefix,
  };
}

/** The lines of the format `requirements`, below the four of every list. */
export function formatRequirementLines(
  specs: readonly string[],
  header: readonly string[],
): readonly string[] {
  return [
    ...header,
    '# Note: This is a conda requirements file (MatchSpec format)',
    '# Contains conda package specifications, not pip requirements',
    '',
    ...specs,
  ];
}

/** The spec of an installed package in the format `requirements`. */
export function formatRequirement(
  record: RepoDataRecord,
  { hasBuild, hasChannel }: { readonly hasBuild: boolean; readonly hasChannel: boolean },
): string {
  const { name, version, build } = record;
  const channel = isInGroup(record) ? record.channel : record.schannel;
  const spec = hasBuild ? `${name}==${version}=${build}` : `${name}=${version}`;
  return hasChannel ? `${channel}::${spec}` : spec;
}

/** A requested spec as exports have it: conda writes its first `==` as `=`. */
export function formatRequestedSpec(spec: MatchSpec): string {
  return formatMatchSpec(spec).replace('==', '=');
}

/**
 * A requested name with the versions that fit what is installed: from that one to below the next that may break, which is the
 * next first number, or second when the first is 0.
 */
export function formatBoundedSpec(name: string, version: string): string {
  const [, epoch = '', first = '', second] = /^(\d+!)?(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  const lower = version.replace(/\+.*$/, '');
  if (first === '') return `${name} ==${version}`;
  const upper =
    Number(first) === 0 && second !== undefined
      ? `${epoch}0.${Number(second) + 1}`
      : `${epoch}${Number(first) + 1}`;
  return `${name} >=${lower},<${upper}`;
}

/** What `--from-history` and `list` have no words for: what pip brought can't be had again for sure. */
export function formatPipWarning(pip: readonly string[]): readonly string[] {
  const many = pip.length === 1 ? '1 package' : `${pip.length} packages`;
  return [
    `CondaExportWarning: The environment contains ${many} installed via pip, which ${TOOL.name} can't lock:`,
    ...pip.map((line) => `  - ${line}`),
  ];
}
