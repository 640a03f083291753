import type { RepoDataRecord } from './model/package-record.ts';
import type { PrefixData } from './model/prefix-record.ts';
import { carryOut, type ChangeOptions, type ChangeResult, provide } from './pipeline.ts';
import { planTransaction } from './plan/index.ts';
import { untilUnchanged } from './record/index.ts';
import { type AskedFor, explicitlyAskedFor } from './specs/index.ts';

/** Puts exactly these archives into the environment, beside what is there already. No solver has a say. */
export async function installExplicit(
  records: readonly RepoDataRecord[],
  options: ChangeOptions & { readonly forceReinstall?: boolean },
): Promise<ChangeResult> {
  return await untilUnchanged(options.prefix, options, (installed) =>
    addExplicit(records, installed, options),
  );
}

async function addExplicit(
  records: readonly RepoDataRecord[],
  installed: PrefixData,
  options: ChangeOptions & { readonly forceReinstall?: boolean },
): Promise<ChangeResult> {
  // What kind of package it is stands in the archive, and the plan depends on it.
  const read = options.dryRun === true ? records : (await provide(records, options)).map((one) => one.record);
  const names = new Set<string>(read.map(({ name }) => name));
  const wanted = [...installed.records.filter(({ name }) => !names.has(name)), ...read];
  const reinstall = options.forceReinstall === true ? names : new Set<string>();
  const transaction = planTransaction(installed, wanted, { reinstall });
  return await carryOut(transaction, { installed, asked: explicitlyAskedFor(read) }, options);
}

/**
 * Brings the environment to exactly the packages that `choose` names, as they were at an earlier time. It is asked again when
 * another process changed the environment meanwhile. No solver has a say.
 */
export async function restorePackages(
  choose: (
    installed: PrefixData,
  ) => Promise<{ readonly wanted: readonly RepoDataRecord[]; readonly asked: AskedFor }>,
  options: ChangeOptions,
): Promise<ChangeResult> {
  return await untilUnchanged(options.prefix, options, async (installed) => {
    const { wanted, asked } = await choose(installed);
    const missing = wanted.filter((record) => !installed.records.some((other) => isSameFile(other, record)));
    const read =
      options.dryRun === true ? missing : (await provide(missing, options)).map((one) => one.record);
    const names = new Set<string>(missing.map(({ name }) => name));
    const all = [...wanted.filter(({ name }) => !names.has(name)), ...read];
    return await carryOut(planTransaction(installed, all), { installed, asked }, options);
  });
}

/**
 * Links packages of an environment again, as they are in the cache or at their channel, and packages whose records were lost.
 * Nothing else changes.
 */
export async function relinkPackages(
  {
    names,
    lost,
    requestedSpecs,
  }: Pick<AskedFor, 'requestedSpecs'> & {
    readonly names: ReadonlySet<string>;
    readonly lost: readonly RepoDataRecord[];
  },
  options: ChangeOptions,
): Promise<ChangeResult> {
  return await untilUnchanged(options.prefix, options, async (installed) => {
    const read = (await provide(lost, options)).map((one) => one.record);
    const transaction = planTransaction(installed, [...installed.records, ...read], { reinstall: names });
    const asked = { updateSpecs: [], removeSpecs: [], requestedSpecs };
    return await carryOut(transaction, { installed, asked }, { ...options, adopts: true });
  });
}

function isSameFile(left: RepoDataRecord, right: RepoDataRecord): boolean {
  return left.fn === right.fn && left.subdir === right.subdir && left.schannel === right.schannel;
}
