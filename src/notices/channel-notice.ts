/** How much a notice matters (CEP 6). */
export type NoticeLevel = 'info' | 'warning' | 'critical';

/** What the owners of a channel want its users to know (CEP 6). Times as they were written. */
export interface ChannelNotice {
  readonly id: string;
  /** Of the channel, as people see it. */
  readonly channelName: string;
  readonly message: string;
  readonly level: NoticeLevel;
  readonly createdAt: string | undefined;
  readonly expiresAt: string | undefined;
  readonly interval: number | undefined;
}

/**
 * Reads `notices.json`. What is no notice is left out. Nothing in it can control a terminal afterwards.
 * @throws {SyntaxError} when it is not JSON
 */
export function parseNotices(text: string, channelName: string): readonly ChannelNotice[] {
  const { notices } = (JSON.parse(text) ?? {}) as { readonly notices?: unknown };
  if (!Array.isArray(notices)) return [];
  return notices.flatMap((entry: unknown): readonly ChannelNotice[] => {
    if (typeof entry !== 'object' || entry === null) return [];
    const fields = new Map(Object.entries(entry) as [string, unknown][]);
    const textOf = (key: string): string | undefined => {
      const value = fields.get(key);
      return typeof value === 'string' ? clean(value) : undefined;
    };
    const message = textOf('message');
    if (message === undefined || message === '') return [];
    const level = fields.get('level');
    const interval = fields.get('interval');
    return [
      {
        id: textOf('id')?.replaceAll('\n', ' ') ?? 'undefined',
        channelName,
        message,
        level: level === 'warning' || level === 'critical' ? level : 'info',
        createdAt: textOf('created_at'),
        expiresAt: textOf('expires_at') ?? textOf('expired_at'),
        interval: typeof interval === 'number' ? interval : undefined,
      },
    ];
  });
}

/** Whether the notice still stands at `now`, milliseconds since 1970. */
export function isCurrent({ expiresAt }: ChannelNotice, now: number): boolean {
  const end = Date.parse(expiresAt ?? '');
  return Number.isNaN(end) || end > now;
}

/** Escape sequences could rewrite what is on the screen; line breaks and tabs may stay. */
function clean(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '').slice(0, LONGEST);
}

const LONGEST = 10_000;
