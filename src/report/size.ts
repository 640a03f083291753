/** Bytes as conda writes them: `517 B`, `15 KB`, `22.7 MB`, `1.02 GB`. */
export function formatSize(bytes: number): string {
  const kilobytes = bytes / 1024;
  if (bytes < 1024) return `${bytes} B`;
  if (kilobytes < 1024) return `${toDigits(kilobytes, 0)} KB`;
  const megabytes = kilobytes / 1024;
  if (megabytes < 1024) return `${toDigits(megabytes, 1)} MB`;
  return `${toDigits(megabytes / 1024, 2)} GB`;
}

/** A number with so many digits behind its point, rounded as Python does: to the even digit from the middle between two. */
function toDigits(value: number, digits: number): string {
  const scaled = value * 10 ** digits;
  const floor = Math.floor(scaled);
  // What is in the middle is a multiple of a power of 2, which is exact here.
  return scaled - floor === 0.5 && floor % 2 === 0
    ? (floor / 10 ** digits).toFixed(digits)
    : value.toFixed(digits);
}

const UNITS = ['B', 'KB', 'MB', 'GB'] as const;

/** How much there is of how much: `0.8 of 34.5 MB`, in the unit of the whole. A whole of 0 is unknown. */
export function formatAmount(bytes: number, whole: number): string {
  if (whole <= 0) return formatSize(Math.max(0, bytes));
  const shown = formatSize(whole);
  const [number = '', unit] = shown.split(' ');
  const digits = number.split('.')[1]?.length ?? 0;
  const part = bytes / 1024 ** UNITS.findIndex((name) => name === unit);
  return `${Math.max(0, part).toFixed(digits).padStart(number.length)} of ${shown}`;
}
