import { renameSync, rmSync } from 'node:fs';
import path from 'node:path';

import { channelSettings, type LoadedConfig } from '../config/index.ts';
import type { TcondaError } from '../errors.ts';
import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import {
  loadPrefix,
  packageSources,
  recoverPrefix,
  registerEnvironment,
  requestedSpecs,
  withPrefixHeld,
  withPrefixLock,
} from '../record/index.ts';
import { parseExplicitFile } from '../specs/index.ts';
import { runChange } from './change.ts';
import type { Context } from './command.ts';
import { checkNotFrozen } from './environment.ts';
import { environmentsFile } from './environments.ts';
import type { Finding } from './health-checks.ts';
import { lockOptions } from './lock-options.ts';
import { readRevisions } from './read-revisions.ts';

/** Ends what a process that died left half done. Without network. @returns what was done, for a person */
export async function fixUnfinished(prefix: string, { report, signal }: Context): Promise<readonly string[]> {
  const recovered = await recoverPrefix(prefix, { report, signal });
  if (recovered === 'none') return ['Removed what an earlier process left behind'];
  if (recovered === 'salvaged') {
    return [
      'A change that was cut off can not be taken back, as its journal is damaged or gone; what it had put aside is in ' +
        path.join(prefix, 'conda-meta', 'unfinished-*'),
    ];
  }
  return [`A change that was cut off is ${recovered === 'undone' ? 'taken back' : 'brought to its end'}`];
}

/**
 * Mends what can be mended: packages with missing or altered files are linked again from the cache or their channel, and so are
 * those whose records can't be read, if the history knows where they are to be had; what pip installed over packages of conda goes;
 * dependencies that are not met are installed; an environment that is not listed is.
 * @throws {TcondaError} `ENVIRONMENT_FROZEN`, and what linking throws
 */
export async function fixHealth(
  installed: PrefixData,
  { findings, broken }: { readonly findings: readonly Finding[]; readonly broken: readonly TcondaError[] },
  config: LoadedConfig,
  context: Context,
): Promise<readonly string[]> {
  const { prefix } = installed;
  checkNotFrozen(prefix, config);
  const done: string[] = [];
  const lost = await findLost(prefix, broken, config, context);
  done.push(...(await removePassedOver(installed, broken, lost, context)));
  const damaged = new Set(
    findings
      .filter(({ name }) => name === 'altered-files' || name === 'missing-files')
      .flatMap(({ problems }) => problems.map(([dist]) => dist.replace(/-[^-]+-[^-]+$/, ''))),
  );
  if (damaged.size + lost.length > 0) {
    await withAside(lost, () =>
      runChange(
        {
          command: 'install',
          wanted: { kind: 'specs', specs: [] },
          isAsked: false,
          act: async (options) => {
            const { discardDamaged } = await import('../fetch/index.ts');
            const mended = installed.records.filter(({ name }) => damaged.has(name));
            const fromArchives = discardDamaged(
              [...mended, ...lost.map(({ record }) => record)],
              options.pkgsDirs,
            );
            done.push(...fromArchives.map(({ name }) => `Extracted ${name} again into the package cache`));
            const { relinkPackages } = await import('../explicit.ts');
            const requestedSpecs = new Map(
              lost.flatMap(({ record, spec }) =>
                spec === undefined ? [] : [[record.name as string, [spec]] as const],
              ),
            );
            return relinkPackages(
              { names: damaged, lost: lost.map(({ record }) => record), requestedSpecs },
              options,
            );
          },
        },
        config,
        { ...context, say: () => undefined },
      ),
    );
    done.push(
      ...[...damaged].map((name) => `Linked ${name} again`),
      ...lost.map(({ record }) => `Wrote the record of ${record.name} again`),
    );
  }
  const isSick = (check: string): boolean =>
    findings.some(({ name, problems }) => name === check && problems.length > 0);
  if (isSick('environment-txt')) {
    const problem = registerEnvironment(environmentsFile(context.host), prefix);
    done.push(problem ?? `Listed ${prefix} in environments.txt`);
  }
  if (isSick('pip-clobbers')) {
    const { removePipClobbers } = await import('../doctor/index.ts');
    const now = await loadPrefix(prefix);
    const gone = await withPrefixHeld(prefix, lockOptions(config, context), () =>
      removePipClobbers(now, config.get('subdir')),
    );
    done.push(...gone.map((text) => `Removed ${text}, which pip installed over a package of conda`));
  }
  if (isSick('consistency')) done.push(...(await mendDependencies(prefix, config, context)));
  return done;
}

/** Who asks for nothing gets what is lacking; nothing else changes as far as that can be had. */
async function mendDependencies(
  prefix: string,
  config: LoadedConfig,
  context: Context,
): Promise<readonly string[]> {
  const dists = async (): Promise<readonly string[]> =>
    (await loadPrefix(prefix)).records.map(formatDistName);
  const before = await dists();
  await runChange({ command: 'install', wanted: { kind: 'specs', specs: [] }, isAsked: false }, config, {
    ...context,
    say: () => undefined,
  });
  const after = await dists();
  return [
    ...before.filter((dist) => !after.includes(dist)).map((dist) => `Removed ${dist}`),
    ...after.filter((dist) => !before.includes(dist)).map((dist) => `Installed ${dist}`),
  ];
}

/** Records that count for nothing: of a package that has another, or under a wrong name. */
async function removePassedOver(
  installed: PrefixData,
  broken: readonly TcondaError[],
  lost: readonly Lost[],
  { report, signal }: Context,
): Promise<readonly string[]> {
  const files = broken
    .filter(({ data }) => data['isPassedOver'] === true)
    .map(({ data }) => String(data['file']))
    .filter((file) => lost.every((one) => one.file !== file));
  if (files.length === 0) return [];
  await withPrefixLock(installed, { report, signal }, () => {
    for (const file of files) rmSync(file, { force: true });
    return Promise.resolve();
  });
  return files.map((file) => `Removed ${file}, which counted for nothing`);
}

interface Lost {
  /** The record that can't be read. */
  readonly file: string;
  readonly record: RepoDataRecord;
  /** What was asked for, if it was. */
  readonly spec: string | undefined;
}

/** Broken records make room for new ones, and come back when that fails. */
async function withAside(lost: readonly Lost[], action: () => Promise<unknown>): Promise<void> {
  for (const { file } of lost) renameSync(file, `${file}.broken`);
  try {
    await action();
  } catch (error) {
    for (const { file } of lost) renameSync(`${file}.broken`, file);
    throw error;
  }
  for (const { file } of lost) rmSync(`${file}.broken`, { force: true });
}

async function findLost(
  prefix: string,
  broken: readonly TcondaError[],
  config: LoadedConfig,
  { host, warn }: Context,
): Promise<readonly Lost[]> {
  if (broken.length === 0) return [];
  const revisions = await readRevisions(prefix);
  const entries = revisions.map(({ entry }) => entry);
  const last = revisions.at(-1)?.state ?? [];
  const sources = packageSources(entries);
  const specs = requestedSpecs(entries);
  return broken.flatMap(({ data }): Lost[] => {
    const file = String(data['file']);
    const dist = path.basename(file, '.json');
    if (data['isPassedOver'] === true && !last.some((name) => name.endsWith(`::${dist}`))) return [];
    const source = [...sources].find(([name]) => name.endsWith(`::${dist}`))?.[1];
    const settings = { channels: channelSettings(config, host), env: {} };
    const [record] = source === undefined ? [] : parseExplicitFile(source, settings, 'the history').records;
    if (record !== undefined) return [{ file, record, spec: specs.get(record.name) }];
    warn(`warning: the history does not say where ${dist} is to be had; remove ${file} and install it again`);
    return [];
  });
}
