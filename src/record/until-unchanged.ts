import { TcondaError } from '../errors.ts';
import type { Report } from '../model/event.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { loadPrefix, type LoadPrefixOptions } from './load-prefix.ts';
import { settlePrefix } from './settle-prefix.ts';

/**
 * Loads an environment, after what an earlier change left half done has been brought to its end, and runs `attempt` on it, again from the beginning when another process made it obsolete before it was
 * carried out. Not where there was no environment: two that create one both mean theirs.
 * @throws {TcondaError} `PREFIX_CHANGED` when that never ends, and what `attempt` throws
 */
export async function untilUnchanged<T>(
  prefix: string,
  options: LoadPrefixOptions & {
    readonly report: Report;
    /** Whether what is there counts for nothing: all of it goes. */
    readonly replaces?: boolean;
    /** Whether nothing was there when the command began. */
    readonly isNew?: boolean;
    /** Whether nothing may change, not even what an earlier one left half done. */
    readonly dryRun?: boolean;
  },
  attempt: (installed: PrefixData) => Promise<T>,
): Promise<T> {
  let wasThere = false;
  for (let left = MOST; ; left--) {
    if (options.dryRun !== true) await settlePrefix(prefix, options.report);
    const installed = await loadPrefix(prefix, options);
    if (wasThere && !installed.exists && options.replaces !== true) {
      throw new TcondaError('PREFIX_NOT_FOUND', `Another process removed ${prefix} in the meantime`, {
        data: { location: prefix },
      });
    }
    if (options.isNew === true && installed.exists) {
      throw new TcondaError('PREFIX_CHANGED', `Another process made ${prefix} in the meantime`);
    }
    wasThere = installed.exists;
    try {
      return await attempt(options.replaces === true ? emptied(installed) : installed);
    } catch (error) {
      const isObsolete = error instanceof TcondaError && error.code === 'PREFIX_CHANGED';
      if (!isObsolete || !installed.exists || left === 1) throw error;
      options.report({ kind: 'message', text: `${error.message}; planning again` });
    }
  }
}

const MOST = 20;

function emptied({ prefix, records, historySize }: PrefixData): PrefixData {
  return {
    prefix,
    exists: false,
    records: [],
    history: new Map(),
    ...(historySize !== undefined && { historySize }),
    pinned: [],
    replaced: records,
  };
}
