/** Text out to the terminal, a pipe or a file. Whoever stops reading us ends us quietly. */
export interface Output {
  readonly isTerminal: boolean;
  readonly columns: () => number;
  readonly rows: () => number;
  readonly write: (text: string) => void;
  /** Resolves when everything written has left. */
  readonly flush: () => Promise<void>;
}

/** Wraps `stream`; a reader who has gone (EPIPE) is reported once to `onGone`. */
export function outputTo(stream: NodeJS.WriteStream, onGone: () => void): Output {
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isGone = true;
    onGone();
  });
  return {
    isTerminal: stream.isTTY === true,
    // A terminal that was never told its size says 0.
    columns: () => stream.columns || 80,
    rows: () => stream.rows || 24,
    write: (text) => {
      if (!isGone && text !== '') stream.write(text);
    },
    flush: () =>
      new Promise((resolve) => {
        if (isGone || stream.writableLength === 0) resolve();
        else stream.write('', () => resolve());
      }),
  };
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
