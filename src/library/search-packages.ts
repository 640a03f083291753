import { findRecords } from '../commands/find-records.ts';
import { withOutside } from '../commands/outside.ts';
import { channelSettings } from '../config/index.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { checkOptions } from './check-options.ts';
import { type LibraryOptions, openLibrary } from './library-options.ts';

/**
 * The packages of the channels that a spec matches, `numpy>=2` or `*lib*`: by name, then oldest first. None is no error.
 * @throws {TcondaError} `INVALID_MATCH_SPEC`, `CHANNEL_UNAVAILABLE`, and others; the signal's reason
 */
export async function searchPackages(
  spec: string,
  options: LibraryOptions = {},
): Promise<readonly RepoDataRecord[]> {
  checkOptions({ specs: [spec] }, false);
  const { config, context } = await openLibrary(options);
  return await withOutside(config, context, async (outside) => {
    const parsed = parseMatchSpec(spec, { channels: channelSettings(config, context.host) });
    return await findRecords(parsed, config, outside);
  });
}
