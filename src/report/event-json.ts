import type { ProgressEvent } from '../model/event.ts';
import { distToJson } from './dist-json.ts';

/** An event as a line of `--json=events` holds it: packages in the form of `list --json`, keys in the manner of conda. */
export function eventToJson(event: ProgressEvent): Record<string, unknown> {
  switch (event.kind) {
    case 'phase-started':
      return {
        event: 'phase_started',
        phase: event.phase,
        ...(event.total === undefined ? {} : { total: event.total }),
      };
    case 'phase-finished':
      return { event: 'phase_finished', phase: event.phase };
    case 'repodata-loaded':
      return {
        event: 'repodata_loaded',
        channel: event.channel,
        subdir: event.subdir,
        from_cache: event.fromCache,
      };
    case 'planned': {
      const { operations, prefix } = event.transaction;
      return {
        event: 'planned',
        prefix,
        unlink: operations.flatMap((operation) =>
          'remove' in operation ? [distToJson(operation.remove)] : [],
        ),
        link: operations.flatMap((operation) =>
          'install' in operation ? [distToJson(operation.install)] : [],
        ),
      };
    }
    case 'download-progress':
      return { event: 'download_progress', package: distToJson(event.record), bytes: event.bytes };
    case 'fetched':
    case 'extracted':
      return { event: event.kind, package: distToJson(event.record), from_cache: event.fromCache };
    case 'linked':
    case 'unlinked':
      return { event: event.kind, package: distToJson(event.record) };
    case 'script-ran': {
      const { action, script, returncode, output } = event;
      return { event: 'script_ran', package: distToJson(event.record), action, script, returncode, output };
    }
    case 'message':
      return { event: 'message', text: event.text };
    case 'warning':
      return { event: 'warning', code: event.code, text: event.text };
  }
}
