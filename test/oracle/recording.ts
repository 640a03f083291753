import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One recorded command: what conda was told, and what it said. */
export interface Recording {
  /** `134-create` */
  readonly id: string;
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was typed at the terminal under which it was recorded: there is one stream then, and not these two. */
  readonly typed: readonly string[] | undefined;
}

/** The recordings below `folder`, in the order in which they were made. */
export function loadRecordings(folder: string): readonly Recording[] {
  const names = new Set(readdirSync(folder));
  return readFileSync(path.join(folder, 'STEPS.tsv'), 'utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([id = '']) => names.has(`${id}.txt`))
    .map(([id = '', exitCode, command = '']) => {
      const text = readFileSync(path.join(folder, `${id}.txt`), 'utf8');
      return {
        id,
        command: wholeCommand(text, command),
        exitCode: Number(exitCode),
        stdout: read(folder, `${id}.out`),
        stderr: read(folder, `${id}.err`),
        typed: typedIn(text),
      };
    });
}

/** The table writes a command in one line; the recording has it as it was. */
function wholeCommand(text: string, inTable: string): string {
  const [, whole] = /^\$ ([^]*?)\n(?:\[under a pseudo-terminal.*\]\n)?exit: /m.exec(text) ?? [];
  return whole ?? inTable;
}

function typedIn(text: string): readonly string[] | undefined {
  const [, list] = /^\[under a pseudo-terminal; typed: \[(.*)\]\]$/m.exec(text) ?? [];
  return list?.split(', ').map((quoted) => quoted.slice(1, -1));
}

function read(folder: string, name: string): string {
  const file = path.join(folder, 'raw', name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
