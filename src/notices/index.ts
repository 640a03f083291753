export { type ChannelNotice, type NoticeLevel } from './channel-notice.ts';
export { loadNotices, type LoadNoticesOptions } from './load-notices.ts';
export { loadViewedNotices, saveViewedNotices, wereNoticesShownLately } from './notice-log.ts';
