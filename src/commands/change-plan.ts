import type { LoadedConfig } from '../config/index.ts';
import { formatMatchSpec, parseMatchSpec } from '../model/match-spec-text.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { Transaction } from '../model/transaction.ts';
import { planReasons } from '../report/plan-reasons.ts';
import { formatPlan, type PlanTableInput } from '../report/plan-table.ts';
import { formatTerminalPlan } from '../report/terminal-plan.ts';
import type { Change } from './change.ts';
import type { Context } from './command.ts';
import { defaultPackages } from './default-packages.ts';

/** Prints what a change is going to do, unless a program is reading. */
export function showPlan(
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
  sayPlan(
    {
      transaction,
      added: isRemoval ? [] : [...new Set([...shown, ...packagesByDefault(change, config)])],
      removed: isRemoval ? shown : [],
      fetch,
      showChannelUrls: config.get('show_channel_urls') ?? undefined,
      ...(change.wanted.kind === 'explicit'
        ? {}
        : { reasons: planReasons(transaction, namesOf(change, config)) }),
    },
    context,
  );
}

/** Prints a plan: at a terminal so that it fits, else as conda prints it. */
export function sayPlan(plan: PlanTableInput, { columns, style, say }: Context): void {
  say(
    ...(columns === undefined
      ? formatPlan({ ...plan, style })
      : formatTerminalPlan({ ...plan, style }, columns())),
  );
}

function namesOf(change: Change, config: LoadedConfig): ReadonlySet<string> {
  const specs = change.wanted.kind === 'explicit' ? [] : change.wanted.specs;
  return new Set([...specs, ...packagesByDefault(change, config)].map((text) => parseMatchSpec(text).name));
}

/** A record as the one spec that names it. */
function formatExactSpec({ schannel, subdir, name, version, build }: RepoDataRecord): string {
  return `${schannel}/${subdir}::${name}==${version}=${build}`;
}

function packagesByDefault(change: Change, config: LoadedConfig): readonly string[] {
  if (change.command !== 'create' || change.wanted.kind === 'explicit') return [];
  return change.input?.createDefaultPackages ?? defaultPackages(config);
}
