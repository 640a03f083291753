import type { MatchSpec } from '../model/match-spec.ts';
import { isNameOnlySpec } from '../model/match-spec.ts';
import type { PackageName } from '../model/package-name.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import type { Job, SpecInput } from '../model/request.ts';
import { findHistorySpec, historyFallback } from './history-spec.ts';
import { sortJobs } from './sort-jobs.ts';

/** What jobs are made of. */
export interface JobInput {
  readonly input: SpecInput;
  readonly requested: readonly MatchSpec[];
  readonly pins: readonly MatchSpec[];
  readonly installed: PrefixData;
  readonly parse: (text: string) => MatchSpec;
}

/** What stays whatever else changes: without these an environment can't be used or repaired any more. */
const PROTECTED_NAMES: ReadonlySet<string> = new Set([
  'anaconda',
  'conda',
  'conda-build',
  'python.app',
  'console_shortcut',
  'powershell_shortcut',
]);

/** Nothing takes the place of a job that stands in the way. */
const GIVE_UP: readonly Job[] = [];

/** The jobs of `create`, `install` and `update`, in the order in which the solver shall see them. */
export function gatherJobs(input: JobInput): readonly Job[] {
  const facts = readFacts(input);
  const names = [
    ...input.requested.toSorted((a, b) => strictness(b) - strictness(a)).map(({ name }) => name),
    ...input.pins.map(({ name }) => name),
    ...input.installed.history.keys(),
    ...facts.aggressive,
    ...facts.records.keys(),
  ];
  const jobs = [...new Set(names)].flatMap((name) => jobsOfName(name, facts));
  if (facts.updatesAll) jobs.push({ kind: 'updateAll' });
  jobs.push(...freethreadingPins(facts));
  if (input.requested.length === 0 && !facts.updatesAll) jobs.push(...repairs(facts));
  return sortJobs(jobs);
}

interface Facts {
  readonly input: SpecInput;
  readonly parse: (text: string) => MatchSpec;
  readonly history: ReadonlyMap<string, string>;
  readonly records: ReadonlyMap<string, PrefixRecord>;
  readonly requested: ReadonlyMap<string, readonly MatchSpec[]>;
  /** Pins that say more than a name. */
  readonly pins: ReadonlyMap<string, readonly MatchSpec[]>;
  /** Names whose installed version is pinned. */
  readonly lockedNames: ReadonlySet<string>;
  readonly aggressive: ReadonlySet<string>;
  readonly updatesAll: boolean;
  readonly freezes: boolean;
  readonly pythonMayChange: boolean;
}

function readFacts({ input, requested, pins, installed, parse }: JobInput): Facts {
  const records = new Map(installed.records.map((record) => [record.name as string, record]));
  const requestedNames = groupByName(requested);
  return {
    input,
    parse,
    history: installed.history,
    records,
    requested: requestedNames,
    pins: groupByName(pins.filter((pin) => !isNameOnlySpec(pin))),
    lockedNames: new Set(pins.filter(isNameOnlySpec).map(({ name }) => name)),
    aggressive: new Set((input.aggressiveUpdatePackages ?? []).map((text) => parse(text).name)),
    updatesAll: input.updateModifier === 'update-all',
    freezes:
      input.updateModifier === 'freeze-installed' ||
      (input.command === 'install' && input.updateModifier === undefined),
    pythonMayChange: requestedNames.has('python'),
  };
}

function jobsOfName(name: string, facts: Facts): readonly Job[] {
  const record = facts.records.get(name);
  const pins = facts.pins.get(name) ?? [];
  const jobs: Job[] = pins.map((spec) => ({ kind: 'pin', spec }));
  if (record !== undefined && isKept(record.name, facts)) {
    jobs.push({ kind: 'keep', name: record.name, fallback: GIVE_UP });
  }
  const requested = facts.requested.get(name);
  if (requested !== undefined) {
    const specs = requested.map((spec) => (isNameOnlySpec(spec) ? (pins[0] ?? spec) : spec));
    return [...jobs, ...specs.flatMap((spec) => jobsOfRequest(spec, record, facts))];
  }
  if (record === undefined) return jobs;
  return [...jobs, ...jobsOfInstalled(record, facts)];
}

function isKept(name: PackageName, { history, aggressive, pins, lockedNames, input }: Facts): boolean {
  if (input.prune === true) return false;
  return (
    history.has(name) ||
    aggressive.has(name) ||
    pins.has(name) ||
    lockedNames.has(name) ||
    PROTECTED_NAMES.has(name)
  );
}

function jobsOfRequest(spec: MatchSpec, record: PrefixRecord | undefined, { input }: Facts): readonly Job[] {
  if (input.forceReinstall === true) return [{ kind: 'install', spec, reinstall: true }];
  if (record === undefined) return [{ kind: 'install', spec }];
  return [
    { kind: 'update', spec },
    { kind: 'keep', name: record.name },
  ];
}

/** What happens to an installed package that nobody asks for now. */
function jobsOfInstalled(record: PrefixRecord, facts: Facts): readonly Job[] {
  const { name } = record;
  const { aggressive, pins, lockedNames, history, input } = facts;
  if (lockedNames.has(name)) return [{ kind: 'freeze', name }];
  if (aggressive.has(name)) return [{ kind: 'update', spec: facts.parse(name) }];
  if (name === 'python' && !pins.has(name) && input.prune !== true) {
    return [{ kind: 'pin', spec: facts.parse(`python ${minorOf(record.version)}.*`), isImplied: true }];
  }
  if (input.prune === true || facts.updatesAll) return [];
  const historyText = history.get(name);
  if (historyText !== undefined) {
    const spec = findHistorySpec(historyText, facts.parse);
    if (spec !== undefined) {
      const fallback = historyFallback(spec, facts.parse);
      return [{ kind: 'install', spec, ...(fallback === undefined ? {} : { fallback }) }];
    }
  }
  return freezeOf(record, facts);
}

/** When python changes, what is built for the old one must be able to change with it. */
function freezeOf(record: PrefixRecord, { freezes, pythonMayChange }: Facts): readonly Job[] {
  if (!freezes) return [];
  const isBuiltForPython =
    record.noarch === undefined && record.depends.some((text) => /^python(?:_abi)?(?:[\s=<>!]|$)/.test(text));
  if (pythonMayChange && isBuiltForPython) return [];
  return [{ kind: 'freeze', name: record.name, fallback: GIVE_UP }];
}

/** Whoever asks for nothing wants the environment to be whole: to work as its records say, as far as that can be had. */
function repairs({ records }: Facts): readonly Job[] {
  return [...records.values()].map(({ name }) => ({ kind: 'repair', name, fallback: GIVE_UP }));
}

/** A python without its lock stays one: the flavour is a matter of `python_abi`. */
function freethreadingPins({ records, requested, parse }: Facts): readonly Job[] {
  const python = records.get('python');
  if (python === undefined || !records.has('python-freethreading') || requested.has('python')) return [];
  const minor = minorOf(python.version);
  const abi = parse(`python_abi ${minor}.* *_cp${minor.replace('.', '')}t`);
  return [{ kind: 'pin', spec: abi, isImplied: true }];
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function strictness(spec: MatchSpec): number {
  return (
    Number(spec.version !== undefined) + Number(spec.build !== undefined) + Number(!isNameOnlySpec(spec))
  );
}

function groupByName(specs: readonly MatchSpec[]): ReadonlyMap<string, readonly MatchSpec[]> {
  const groups = new Map<string, MatchSpec[]>();
  for (const spec of specs) {
    const group = groups.get(spec.name);
    if (group === undefined) groups.set(spec.name, [spec]);
    else group.push(spec);
  }
  return groups;
}
