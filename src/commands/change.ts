import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { ChangeCommand, SpecInput } from '../model/request.ts';
import type { Transaction } from '../model/transaction.ts';
import type { ChangeOptions, ChangeResult } from '../pipeline.ts';
import { actionsToJson, NOTHING_TO_DO, nothingToDoJson } from '../report/actions-json.ts';
import { checkAllowedChannels } from './allowed-channels.ts';
import { findUncached } from './cached-packages.ts';
import { changeOptions, specInput } from './change-options.ts';
import { showPlan } from './change-plan.ts';
import { beginNotices } from './channel-notices.ts';
import type { CommandOutput, Context } from './command.ts';
import { checkDownloadSpace } from './download-space.ts';
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
  /** Whether nothing was at the prefix: then nothing may come there meanwhile. */
  readonly isNew?: boolean;
  /** What tconda keeps in an environment that is made, by path: it is there from the beginning. */
  readonly ownFiles?: ReadonlyMap<string, string>;
  /** What an environment that is made sets when it is entered. */
  readonly variables?: ReadonlyMap<string, string>;
  /** What is done in place of solving. */
  readonly act?: (options: ChangeOptions, outside: Outside) => Promise<ChangeResult>;
}

/** Solves, shows the plan, asks, and carries it out. The answer has conda's form. */
export async function runChange(
  change: Change,
  config: LoadedConfig,
  context: Context,
): Promise<CommandOutput> {
  checkPrivileges(config, context);
  const seen: { fetch: readonly RepoDataRecord[] } = { fetch: [] };
  const confirm = async (transaction: Transaction): Promise<boolean> => {
    seen.fetch = findUncached(transaction, config.get('pkgs_dirs'));
    checkDownloadSpace(seen.fetch, config.get('pkgs_dirs'));
    showPlan(change, transaction, seen.fetch, config, context);
    if (config.get('always_yes') === true || context.global.json || change.isAsked === false) return true;
    const isRemoving = change.command === 'remove';
    const unasked = isRemoving ? { act: `Removing packages of ${config.targetPrefix}` } : 'yes';
    return context.ask({ message: 'Proceed', otherwise: true, unasked });
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
      change,
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
  if (result.kind === 'changed' || result.kind === 'unchanged') {
    await updateMenuEntries(result.transaction, config, context);
  }
  return describeResult(result, change, seen.fetch, config, context);
}

/** @throws {TcondaError} `NOT_ALLOWED` where `non_admin_enabled` leaves changes to administrators */
function checkPrivileges(config: LoadedConfig, { host }: Context): void {
  if (config.get('non_admin_enabled') || host.uid === undefined || host.uid === 0) return;
  throw new TcondaError(
    'NOT_ALLOWED',
    'The create, install, update, and remove operations are not available to a non-privileged user',
    { hint: 'Whoever cares for this machine has set non_admin_enabled to false' },
  );
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
