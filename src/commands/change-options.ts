import { channelSettings, checkLinking, type LoadedConfig } from '../config/index.ts';
import { detectVirtualPackages, type Host, nativeSubdir } from '../host/index.ts';
import { maskUrls } from '../io/url-secrets.ts';
import type { SpecInput, UpdateModifier } from '../model/request.ts';
import type { ChangeOptions } from '../pipeline.ts';
import { ACTIVATE_FILE_MARK } from '../shell/index.ts';
import { readLimits } from './archive-limits.ts';
import { activateFiles } from './activate-files.ts';
import { activatedProgram } from './activated-program.ts';
import { channelRules } from './allowed-channels.ts';
import type { Change } from './change.ts';
import type { Context } from './command.ts';
import { defaultPackages } from './default-packages.ts';
import { channelNamer } from './environment.ts';
import { isEnvironment } from './environment-place.ts';
import { environmentsFile } from './environments.ts';
import { excludeNewerOf } from './exclude-newer.ts';
import { lockOptions } from './lock-options.ts';
import type { Outside } from './outside.ts';

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
    createDefaultPackages: defaultPackages(config),
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
  {
    replaces = false,
    isNew = false,
    ownFiles,
    variables,
  }: Pick<Change, 'replaces' | 'isNew' | 'ownFiles' | 'variables'> = {},
): ChangeOptions {
  checkLinking(config);
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
    isNew,
    channelName: channelNamer(config, host),
    subdir,
    canRun: canRun(subdir, host),
    env: host.env,
    rootPrefix: findRootPrefix(config),
    alwaysCopy: config.get('always_copy'),
    alwaysSoftlink: config.get('always_softlink'),
    allowSoftlinks: config.get('allow_softlinks'),
    compilePyc: config.get('compile_pyc'),
    ...withOwnFiles(
      activateFiles(config.targetPrefix, config, host, { isFresh: replaces || isNew, variables }),
      ownFiles,
    ),
    ...lockOptions(config, context),
    ...scriptOptions(config, context),
    pathConflict: config.get('clobber') ? 'silent' : config.get('path_conflict'),
    safetyChecks: config.get('safety_checks'),
    extraSafetyChecks: config.get('extra_safety_checks'),
    limits: readLimits(config),
    command: historyCommand(context),
    ...(config.get('register_envs') ? { environmentsFile: environmentsFile(host) } : {}),
  };
}

function withOwnFiles(
  activation: ChangeOptions['ownFiles'],
  more: ReadonlyMap<string, string> = new Map(),
): Pick<ChangeOptions, 'ownFiles'> {
  const contents = new Map([...(activation?.contents ?? []), ...more]);
  return contents.size === 0 ? {} : { ownFiles: { mark: ACTIVATE_FILE_MARK, contents } };
}

function scriptOptions(
  config: LoadedConfig,
  context: Context,
): Pick<ChangeOptions, 'linkScripts' | 'confirmScripts' | 'confirmMessages' | 'activated'> {
  return {
    confirmMessages: async () =>
      config.get('always_yes') === true ||
      context.global.json ||
      context.ask({ message: 'Proceed', otherwise: true, unasked: 'yes' }),
    linkScripts: config.get('link_scripts'),
    confirmScripts: (scripts) => confirmScripts(scripts, config, context),
    activated: (words, variables) => activatedProgram(words, config, context, variables),
  };
}

/** Asks whether scripts of packages, such as `post-link of zlib`, are to be run. */
export async function confirmScripts(
  scripts: readonly string[],
  config: LoadedConfig,
  context: Context,
): Promise<boolean> {
  if (config.get('always_yes') === true) return true;
  context.say('', 'Scripts of packages:', ...scripts.map((script) => `  - ${script}`), '');
  return await context.ask({ message: 'Run them', otherwise: false, unasked: 'no' });
}

/** The base environment, which may not be there, or be the one that is made. */
function findRootPrefix(config: LoadedConfig): string {
  const root = config.get('root_prefix');
  return root === config.targetPrefix || isEnvironment(root) ? root : '';
}

function canRun(subdir: string, host: Host): boolean {
  return subdir === 'noarch' || subdir === nativeSubdir(host);
}

/** The command line as the history has it. */
function historyCommand({ commandLine }: Context): string {
  return ['tconda', ...commandLine.map(maskUrls)].join(' ');
}
