import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { detectVirtualPackages, type Host, nativeSubdir } from '../host/index.ts';
import { maskUrls } from '../io/url-secrets.ts';
import { formatMatchSpec, parseMatchSpec } from '../model/match-spec-text.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { ChangeCommand, SpecInput, UpdateModifier } from '../model/request.ts';
import type { Transaction } from '../model/transaction.ts';
import type { ChangeOptions, ChangeResult } from '../pipeline.ts';
import { actionsToJson, NOTHING_TO_DO, nothingToDoJson } from '../report/actions-json.ts';
import { planReasons } from '../report/plan-reasons.ts';
import { formatPlan } from '../report/plan-table.ts';
import { channelRules, checkAllowedChannels } from './allowed-channels.ts';
import { activateFiles } from './activate-files.ts';
import { findUncached } from './cached-packages.ts';
import { beginNotices } from './channel-notices.ts';
import type { CommandOutput, Context } from './command.ts';
import { environmentsFile } from './environments.ts';
import { channelNamer } from './environment.ts';
import { excludeNewerOf } from './exclude-newer.ts';
import { lockOptions } from './lock-options.ts';
import { updateMenuEntries } from './menu-entries.ts';
import { type Outside, withOutside } from './outside.ts';
import type { Wanted } from './spec-files.ts';

/** One change of an environment, as a command asks for it. */
export interface Change {
  readonly command: ChangeCommand;
  readonly wanted: Wanted;
  /** Of this command alone, such as `prune`; the rest comes from the settings. */
  readonly input?: Partial<SpecInput>;
  /** The specs above the plan, where they are not those that were given. */
  readonly shown?: readonly string[];
  /** `false` carries the plan out without a question. */
  readonly isAsked?: boolean;
  /** Whether the environment that is there goes, with all that is in it, and a new one takes its place. */
  readonly replaces?: boolean;
  /** What is done in place of solving. */
  readonly act?: (options: ChangeOptions, outside: Outside) => Promise<ChangeResult>;
}

/** Solves, shows the plan, asks, and carries it out. The answer has conda's form. */
export async function runChange(
  change: Change,
  config: LoadedConfig,
  context: Context,
): Promise<CommandOutput> {
  const seen: { fetch: readonly RepoDataRecord[] } = { fetch: [] };
  const confirm = async (transaction: Transaction): Promise<boolean> => {
    seen.fetch = findUncached(transaction, config.get('pkgs_dirs'));
    showPlan(change, transaction, seen.fetch, config, context);
    if (config.get('always_yes') === true || context.global.json || change.isAsked === false) return true;
    return context.ask({ message: 'Proceed', otherwise: true });
  };
  const more = change.wanted.kind === 'explicit' ? change.wanted.channels : [];
  const carryOut = async (outside: Outside): Promise<ChangeResult> => {
    let notices: ReturnType<typeof beginNotices> | undefined;
    const options = changeOptions(
      config,
      context,
      outside,
      (transaction) => {
        // Only where something is to change: who finds everything there already waits for no server.
        if (change.command !== 'remove') notices = beginNotices(outside, config, context);
        return confirm(transaction);
      },
      change.replaces,
    );
    if (change.act !== undefined) return change.act(options, outside);
    if (change.wanted.kind === 'explicit') {
      const { records } = change.wanted;
      const channels = records.map(({ channel, schannel }) => ({
        baseUrl: channel,
        canonicalName: schannel,
      }));
      checkAllowedChannels(channels, config, context.host);
      const { installExplicit } = await import('../explicit.ts');
      return installExplicit(records, options);
    }
    const input = specInput(change, change.wanted.specs, config, context, outside);
    const { changeEnvironment } = await import('../pipeline.ts');
    const changed = await changeEnvironment(input, options);
    if (changed.kind === 'changed') await notices?.show();
    return changed;
  };
  const result = await withOutside(config, context, carryOut, more);
  if (result.kind === 'changed') await updateMenuEntries(config, context);
  return describeResult(result, change, seen.fetch, config, context);
}

function describeResult(
  result: ChangeResult,
  change: Change,
  fetch: readonly RepoDataRecord[],
  config: LoadedConfig,
  context: Context,
): CommandOutput {
  const { transaction } = result;
  switch (result.kind) {
    case 'unchanged':
      return { kind: 'output', json: nothingToDoJson, lines: ['', `# ${NOTHING_TO_DO}`, ''] };
    case 'planned': {
      const uncached = findUncached(transaction, config.get('pkgs_dirs'));
      showPlan(change, transaction, uncached, config, context);
      const json = actionsToJson({ transaction, fetch: uncached, isDryRun: true });
      return { kind: 'output', json, lines: [], notice: 'DryRunExit: Dry run. Exiting.' };
    }
    case 'refused':
      return { kind: 'output', json: { success: false }, lines: [], notice: 'CondaSystemExit: Exiting.' };
    case 'downloaded':
      return {
        kind: 'output',
        json: actionsToJson({ transaction, fetch, isDryRun: false }),
        lines: [],
        notice:
          'CondaExitZero: Package caches prepared. No environment was changed, as --download-only asks.',
      };
    case 'changed':
      return { kind: 'output', json: actionsToJson({ transaction, fetch, isDryRun: false }), lines: [] };
  }
}

function showPlan(
  change: Change,
  transaction: Transaction,
  fetch: readonly RepoDataRecord[],
  config: LoadedConfig,
  context: Context,
): void {
  if (context.global.json) return;
  const specs =
    change.wanted.kind === 'explicit'
      ? change.wanted.records.map(formatExactSpec)
      : change.wanted.specs.map((text) => formatMatchSpec(parseMatchSpec(text)));
  const shown = change.shown ?? specs;
  const isRemoval = change.command === 'remove';
  context.say(
    ...formatPlan({
      transaction,
      added: isRemoval ? [] : [...shown, ...defaultPackages(change, config)],
      removed: isRemoval ? shown : [],
      fetch,
      showChannelUrls: config.get('show_channel_urls') ?? undefined,
      style: context.style,
      ...(change.wanted.kind === 'explicit'
        ? {}
        : { reasons: planReasons(transaction, namesOf(change, config)) }),
    }),
  );
}

function namesOf(change: Change, config: LoadedConfig): ReadonlySet<string> {
  const specs = change.wanted.kind === 'explicit' ? [] : change.wanted.specs;
  return new Set([...specs, ...defaultPackages(change, config)].map((text) => parseMatchSpec(text).name));
}

/** A record as the one spec that names it. */
function formatExactSpec({ schannel, subdir, name, version, build }: RepoDataRecord): string {
  return `${schannel}/${subdir}::${name}==${version}=${build}`;
}

function defaultPackages(change: Change, config: LoadedConfig): readonly string[] {
  if (change.command !== 'create' || change.wanted.kind === 'explicit') return [];
  return change.input?.createDefaultPackages ?? config.get('create_default_packages');
}

/** The question to the solver, out of a change and the settings. */
export function specInput(
  change: Change,
  specs: readonly string[],
  config: LoadedConfig,
  { host }: Context,
  outside: Outside,
): SpecInput {
  const modifier = UPDATE_MODIFIERS[config.get('update_modifier')];
  const deps = config.get('deps_modifier');
  const settings = channelSettings(config, host);
  const excludeNewer = excludeNewerOf(config, settings, host.now());
  return {
    command: change.command,
    specs,
    channels: outside.channels,
    channelSettings: settings,
    channelRules: channelRules(config, host),
    ...(excludeNewer === undefined ? {} : { excludeNewer }),
    subdirs: config.get('subdirs'),
    channelPriority: config.get('channel_priority'),
    ...(modifier === undefined ? {} : { updateModifier: modifier }),
    noDeps: deps === 'no_deps',
    onlyDeps: deps === 'only_deps',
    forceReinstall: config.get('force_reinstall'),
    ignorePinned: config.get('ignore_pinned'),
    pinnedPackages: config.get('pinned_packages'),
    aggressiveUpdatePackages: config.get('aggressive_update_packages'),
    createDefaultPackages: config.get('create_default_packages'),
    ...change.input,
  };
}

/** `update_specs` is what happens unless told otherwise, and is left to each command. */
const UPDATE_MODIFIERS: Readonly<Record<string, UpdateModifier | undefined>> = {
  freeze_installed: 'freeze-installed',
  update_deps: 'update-deps',
  update_all: 'update-all',
  specs_satisfied_skip_solve: 'specs-satisfied-skip-solve',
};

/** What the pipeline needs of the outside, as the settings have it. */
export function changeOptions(
  config: LoadedConfig,
  context: Context,
  outside: Outside,
  confirm: ChangeOptions['confirm'],
  replaces = false,
): ChangeOptions {
  const { host } = context;
  const subdir = config.get('subdir');
  const overrides = new Map(Object.entries(config.get('override_virtual_packages')));
  return {
    ...outside.repodata,
    prefix: config.targetPrefix,
    http: outside.http,
    pkgsDirs: config.get('pkgs_dirs'),
    fetchThreads: config.get('fetch_threads'),
    offline: config.get('offline'),
    cores: host.cores,
    now: host.now,
    virtualPackages: () => detectVirtualPackages(host, subdir, overrides),
    dryRun: config.get('dry_run'),
    downloadOnly: config.get('download_only'),
    disallowedPackages: config.get('disallowed_packages'),
    explainsAll: context.global.verbosity > 0,
    confirm,
    replaces,
    channelName: channelNamer(config, host),
    subdir,
    canRun: canRun(subdir, host),
    env: host.env,
    rootPrefix: config.get('root_prefix'),
    alwaysCopy: config.get('always_copy'),
    alwaysSoftlink: config.get('always_softlink'),
    allowSoftlinks: config.get('allow_softlinks'),
    compilePyc: config.get('compile_pyc'),
    ...withOwnFiles(activateFiles(config.targetPrefix, config, host, { isFresh: replaces })),
    ...lockOptions(config, context),
    pathConflict: config.get('path_conflict'),
    safetyChecks: config.get('safety_checks'),
    extraSafetyChecks: config.get('extra_safety_checks'),
    limits: { bytes: config.get('max_package_bytes'), members: config.get('max_package_files') },
    command: historyCommand(context),
    ...(config.get('register_envs') ? { environmentsFile: environmentsFile(host) } : {}),
  };
}

function withOwnFiles(ownFiles: ChangeOptions['ownFiles']): Pick<ChangeOptions, 'ownFiles'> {
  return ownFiles === undefined ? {} : { ownFiles };
}

function canRun(subdir: string, host: Host): boolean {
  return subdir === 'noarch' || subdir === nativeSubdir(host);
}

/** The command line as the history has it. */
function historyCommand({ commandLine }: Context): string {
  return ['tconda', ...commandLine.map(maskUrls)].join(' ');
}
