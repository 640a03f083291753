import { TcondaError } from '../errors.ts';

const BEGIN = '# >>> tconda initialize >>>';
const NOTE = "# !! Contents within this block are managed by 'tconda init' !!";
const END = '# <<< tconda initialize <<<';

/**
 * Puts a block of lines into a shell's start file, in place of the one there or at the end; without `body` takes it out.
 * Nothing else of the file changes: after putting in and taking out it is as it was. The block's lines end as every shell can
 * read them, whatever the others end in.
 * @param text of the file; empty for one that is not there
 * @throws {TcondaError} `RC_FILE_DAMAGED` for a block without end
 */
export function setRcBlock(text: string, body: string | undefined, file: string): string {
  const block = body === undefined ? '' : [BEGIN, NOTE, ...body.trimEnd().split('\n'), END, ''].join('\n');
  const span = findBlock(text, file);
  if (span === undefined) {
    if (block === '') return text;
    const gap = text === '' ? '' : '\n';
    return `${text}${gap}${block}`;
  }
  const after = text.slice(span.end);
  if (block !== '') return `${text.slice(0, span.start)}${block}${setRcBlock(after, undefined, file)}`;
  return `${withoutGap(text.slice(0, span.start), after)}${setRcBlock(after, undefined, file)}`;
}

/** What came with the block goes: an empty line, or the end of a last line that had none. */
function withoutGap(before: string, after: string): string {
  if (/(^|\n)\n$/.test(before)) return before.slice(0, -1);
  return after === '' ? before.replace(/\n$/, '') : before;
}

function findBlock(text: string, file: string): { readonly start: number; readonly end: number } | undefined {
  const start = lineAt(text, BEGIN, 0);
  if (start < 0) return undefined;
  const last = lineAt(text, END, start);
  const next = lineAt(text, BEGIN, start + 1);
  if (last < 0 || (next >= 0 && next < last)) {
    throw new TcondaError('RC_FILE_DAMAGED', `${file} has a line '${BEGIN}' without its end`, {
      hint: `Put the line '${END}' where the block ends, or take the block out`,
    });
  }
  const newline = text.indexOf('\n', last);
  return { start, end: newline < 0 ? text.length : newline + 1 };
}

/** Where a line with just this text begins, from `from` on; -1 when there is none. */
function lineAt(text: string, line: string, from: number): number {
  for (let at = text.indexOf(line, from); at >= 0; at = text.indexOf(line, at + 1)) {
    const isBegin = at === 0 || text[at - 1] === '\n';
    if (isBegin && /^\r?(?:\n|$)/.test(text.slice(at + line.length, at + line.length + 2))) return at;
  }
  return -1;
}
