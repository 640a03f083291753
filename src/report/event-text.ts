import type { ProgressEvent } from '../model/event.ts';
import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import { channelName } from './channel-text.ts';
import { plainText } from './plain-text.ts';

/**
 * What is told of an event on stderr, a line or several; nothing of most.
 * @param verbosity how often `-v` was given: once for what happens to packages and indexes, twice for the steps and how long they
 * took, three times for every piece of a download
 * @param seconds since the program started
 */
export function describeEvent(event: ProgressEvent, verbosity: number, seconds: number): string | undefined {
  if (event.kind === 'warning') return `warning: ${event.text}`;
  if (event.kind === 'message') return event.text;
  const text = verbosity < levelOf(event) ? undefined : detailOf(event);
  if (text === undefined) return undefined;
  const shown = text.split('\n').map(plainText).join('\n');
  return verbosity < 2 ? shown : `[${seconds.toFixed(3)}] ${shown}`;
}

function levelOf({ kind }: ProgressEvent): number {
  if (kind === 'download-progress') return 3;
  return kind.startsWith('phase') || kind === 'extracted' || kind === 'planned' ? 2 : 1;
}

function detailOf(event: ProgressEvent): string | undefined {
  switch (event.kind) {
    case 'phase-started':
      return `${event.phase}: started${event.total === undefined ? '' : `, ${event.total} to do`}`;
    case 'phase-finished':
      return `${event.phase}: done`;
    case 'repodata-loaded':
      return `${event.channel}/${event.subdir}: index ${event.fromCache ? 'from the cache' : 'from the channel'}`;
    case 'planned':
      return `planned ${event.transaction.operations.length} operations in ${event.transaction.prefix}`;
    case 'download-progress':
      return `${event.record.fn}: ${event.bytes} bytes`;
    case 'fetched':
      return event.fromCache ? `in the cache: ${event.record.fn}` : `fetched ${event.record.url}`;
    case 'extracted':
      return `${event.fromCache ? 'extracted before' : 'extracted'}: ${event.record.fn}`;
    case 'linked':
      return `linked ${distOf(event.record)}`;
    case 'unlinked':
      return `unlinked ${distOf(event.record)}`;
    case 'script-ran': {
      const { record, action, script, returncode, output } = event;
      const end = `${action} script of ${record.name} (${script}) ended with ${returncode}`;
      return output === '' ? end : `${end}\n${output}`;
    }
    case 'message':
    case 'warning':
      return event.text;
  }
}

function distOf(record: RepoDataRecord): string {
  return `${channelName(record)}/${record.subdir}::${formatDistName(record)}`;
}
