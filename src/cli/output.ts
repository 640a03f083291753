/** Text out to the terminal, a pipe or a file. Whoever stops reading us ends us quietly. */
export interface Output {
  readonly isTerminal: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
  readonly write: (text: string) => void;
  /** Resolves when everything written has left. */
  readonly flush: () => Promise<void>;
}

/**
 * Wraps `stream`. What can't be written any more is dropped: in silence when the reader has gone (EPIPE), else, on a full disk
 * say, `onLost` is told once.
 */
export function outputTo(stream: NodeJS.WriteStream, onLost: (error: Error) => void): Output {
  let isGone = false;
  const lose = (error: NodeJS.ErrnoException): void => {
    if (isGone) return;
    isGone = true;
    if (error.code !== 'EPIPE') onLost(error);
  };
  stream.on('error', lose);
  return {
    isTerminal: stream.isTTY === true,
    // A terminal that was never told its size says 0.
    columns: () => sizeOf(stream)[0] || 80,
    rows: () => sizeOf(stream)[1] || 24,
    write: (text) => {
      if (isGone || text === '') return;
      try {
        stream.write(text);
      } catch (error) {
        // Files are written at once, and throw at once.
        lose(error as NodeJS.ErrnoException);
      }
    },
    flush: () =>
      new Promise((resolve) => {
        if (isGone) resolve();
        // A failed write is told of in a later turn.
        else if (stream.writableLength === 0) setImmediate(resolve);
        else stream.write('', () => resolve());
      }),
  };
}

/** As the terminal has it now, which may be before anybody told us. */
function sizeOf(stream: NodeJS.WriteStream): readonly [columns: number, rows: number] {
  try {
    return stream.getWindowSize();
  } catch {
    // No terminal, or one that has gone.
    return [0, 0];
  }
}

/** `value` as conda prints JSON: indented by two, ASCII only. */
export function formatJson(value: unknown): string {
  return toAscii(JSON.stringify(value, null, 2));
}

/** `value` as a line of its own. */
export function formatEvent(value: unknown): string {
  return `${toAscii(JSON.stringify(value))}\n`;
}

function toAscii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
