import { loadNotices, saveViewedNotices } from '../notices/index.ts';
import { formatNotices, noticeToJson } from '../report/notices-text.ts';
import { noticesDir } from './channel-notices.ts';
import type { CommandSpec } from './command.ts';
import { idleGroup, ownGroups } from './installing-options.ts';
import { channelOptions, networkOptions } from './options.ts';
import { withOutside } from './outside.ts';
import { loadSettings } from './settings.ts';

export const notices: CommandSpec = {
  summary: 'Show what channels want their users to know',
  options: [
    idleGroup(channelOptions, 'notices are no index', (flags) => /repodata|lock|local/.test(flags)),
    ...ownGroups([networkOptions]),
  ],
  examples: ['tconda notices', 'tconda notices -c conda-forge'],
  async run(_operands, options, context) {
    const config = await loadSettings(options, context);
    const { host, signal } = context;
    const cacheDir = noticesDir(host);
    const found = config.get('offline')
      ? []
      : await withOutside(config, context, ({ channels, http }) =>
          loadNotices(channels, { http, cacheDir, now: host.now, signal }),
        );
    await saveViewedNotices(cacheDir, found, host.now());
    return {
      kind: 'output',
      json: found.map(noticeToJson),
      lines: found.length === 0 ? ['There are no notices'] : formatNotices(found),
    };
  },
};
