/** Bytes as conda writes them: `517 B`, `15 KB`, `22.7 MB`, `1.02 GB`. */
export function formatSize(bytes: number): string {
  const kilobytes = bytes / 1024;
  if (bytes < 1024) return `${bytes} B`;
  if (kilobytes < 1024) return `${Math.round(kilobytes)} KB`;
  const megabytes = kilobytes / 1024;
  if (megabytes < 1024) return `${megabytes.toFixed(1)} MB`;
  return `${(megabytes / 1024).toFixed(2)} GB`;
}
