import type { MatchableRecord, MatchSpec } from '../model/match-spec.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { Job } from '../model/request.ts';
import type { CandidateTable } from './candidate-table.ts';

/**
 * Features as channels had them before 2017: a record with `track_features: x` turns `x` on for the whole environment, and
 * of a name that has records with `features: x` one of those is preferred then, whatever the version. Few channels have
 * any today.
 */
export type Features = ReadonlySet<string>;

/** The features that candidates are made for; none costs nothing from there on. */
export function knownFeatures({ candidates }: CandidateTable): Features {
  const made = candidates.filter(({ record }) => record.features !== undefined);
  return new Set(made.flatMap(({ record }) => featuresOf(record)));
}

/** What a request turns on by itself: `*[track_features=x]` asks for the feature and for no package. */
export function requestedFeatures(jobs: readonly Job[], known: Features): Features {
  return new Set(jobs.flatMap((job) => featuresOfJob(job)).filter((feature) => known.has(feature)));
}

/** Whether a job is about a feature that is known, and so about no package. */
export function isFeatureJob(job: Job, known: Features): boolean {
  const features = featuresOfJob(job);
  return features.length > 0 && features.every((feature) => known.has(feature));
}

/** What an answer turns on. */
export function trackedFeatures(records: readonly RepoDataRecord[], known: Features): Features {
  return new Set(records.flatMap((record) => record.track_features ?? []).filter((each) => known.has(each)));
}

/** By candidate: how many active features it lacks that another one of its name has. */
export function countLacking({ byName, candidates }: CandidateTable, active: Features): Int32Array {
  const lacking = new Int32Array(candidates.length);
  if (active.size === 0) return lacking;
  for (const named of byName.values()) {
    const own = named.map((number) => featuresOf(candidates[number]?.record));
    const wanted = [...new Set(own.flat())].filter((feature) => active.has(feature));
    if (wanted.length === 0) continue;
    for (const [index, number] of named.entries()) {
      lacking[number] = wanted.filter((feature) => own[index]?.includes(feature) !== true).length;
    }
  }
  return lacking;
}

/** How many features a record is made for that are not active. */
export function countInactive(record: MatchableRecord, active: Features): number {
  return record.features === undefined
    ? 0
    : featuresOf(record).filter((feature) => !active.has(feature)).length;
}

function featuresOf(record: MatchableRecord | undefined): readonly string[] {
  return record?.features === undefined ? [] : record.features.split(/[\s,]+/).filter((each) => each !== '');
}

function featuresOfJob(job: Job): readonly string[] {
  return job.kind === 'install' && isAboutFeatures(job.spec) ? (job.spec.trackFeatures ?? []) : [];
}

function isAboutFeatures({ name, version, build, channel, subdir, trackFeatures }: MatchSpec): boolean {
  const isBare =
    version === undefined && build === undefined && channel === undefined && subdir === undefined;
  return name === '*' && isBare && trackFeatures !== undefined;
}
