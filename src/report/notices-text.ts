/** A notice as far as it is shown. */
interface ShownNotice {
  readonly id: string;
  readonly channelName: string;
  readonly message: string;
  readonly level: string;
  readonly createdAt: string | undefined;
  readonly expiresAt: string | undefined;
  readonly interval: number | undefined;
}

/** conda's text: the notices below their channels, at most `limit`, and how many more there are. */
export function formatNotices(notices: readonly ShownNotice[], limit = Infinity): readonly string[] {
  const shown = notices.slice(0, limit);
  const left = notices.length - shown.length;
  const lines: string[] = [];
  for (const channel of new Set(shown.map(({ channelName }) => channelName))) {
    lines.push('', `Channel "${channel}" has the following notices:`);
    for (const { level, createdAt, message } of shown.filter((one) => one.channelName === channel)) {
      lines.push(
        `  [${level}] -- ${formatTime(createdAt)}`,
        ...message.split('\n').map((line) => `  ${line}`),
        '',
      );
    }
  }
  if (left > 0) {
    lines.push(
      `There ${left === 1 ? 'is 1 more message' : `are ${left} more messages`}. To retrieve ${left === 1 ? 'it' : 'them'} run:`,
      '',
      'tconda notices',
      '',
    );
  }
  return lines;
}

/** The shape of `conda notices --json`. */
export function noticeToJson(notice: ShownNotice): Readonly<Record<string, unknown>> {
  return {
    id: notice.id,
    channel_name: notice.channelName,
    message: notice.message,
    level: notice.level,
    created_at: notice.createdAt ?? null,
    expired_at: notice.expiresAt ?? null,
    interval: notice.interval ?? null,
  };
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As C's `%c`: `Tue May 10 11:50:34 2022`, in UTC. */
function formatTime(text: string | undefined): string {
  const date = new Date(text ?? '');
  if (Number.isNaN(date.getTime())) return '';
  const time = date.toISOString().slice(11, 19);
  const day = String(date.getUTCDate()).padStart(2);
  return `${DAYS[date.getUTCDay()] ?? ''} ${MONTHS[date.getUTCMonth()] ?? ''} ${day} ${time} ${date.getUTCFullYear()}`;
}
