import type { Job } from '../model/request.ts';

const JOB_ORDER: readonly Job['kind'][] = [
  'pin',
  'remove',
  'install',
  'update',
  'updateAll',
  'repair',
  'keep',
  'freeze',
];

/** By kind, as conda hands jobs over; within a kind the order stays. */
export function sortJobs(jobs: readonly Job[]): readonly Job[] {
  return jobs.toSorted((a, b) => JOB_ORDER.indexOf(a.kind) - JOB_ORDER.indexOf(b.kind));
}
