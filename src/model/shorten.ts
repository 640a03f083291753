/** A text as messages quote it: its beginning when it is longer than a line holds. */
export function shorten(text: string, limit = 80): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 3)}...`;
}
