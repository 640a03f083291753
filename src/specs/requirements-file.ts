import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import { platformOfHeader, specLines } from './spec-lines.ts';

/** A list of specs, one a line, as `list --export` writes it (CEP 23). */
export interface RequirementsFile {
  readonly specs: readonly string[];
  /** Lines about packages that pip installed: conda has no packages for them. */
  readonly skipped: readonly string[];
  /** The platform that the header names. */
  readonly platform: string | undefined;
}

/**
 * @param name of the file, for messages
 * @throws {TcondaError} `INVALID_SPEC_FILE` for a line that is no spec, pip's among them
 */
export function parseRequirementsFile(text: string, name = 'the file'): RequirementsFile {
  const lines = specLines(text);
  const isOfPip = (line: string): boolean => /^[^=\s]+=+[^=\s]+=pypi_0$/.test(line);
  const wanted = lines.filter(({ line }) => !isOfPip(line));
  for (const { line, number } of wanted) checkLine(line, number, name);
  return {
    specs: wanted.map(({ line }) => line),
    skipped: lines.filter(({ line }) => isOfPip(line)).map(({ line }) => line),
    platform: platformOfHeader(text),
  };
}

function checkLine(line: string, number: number, name: string): void {
  const isOfPip = line.startsWith('-') || line.includes(';') || line.includes('===') || /\s@\s/.test(line);
  try {
    if (!isOfPip) {
      parseMatchSpec(line);
      return;
    }
  } catch (error) {
    if (!(error instanceof TcondaError)) throw error;
    throw new TcondaError('INVALID_SPEC_FILE', `Line ${number} of ${name}: ${error.message}`, {
      cause: error,
    });
  }
  throw new TcondaError('INVALID_SPEC_FILE', `Line ${number} of ${name} is for pip: '${line}'`, {
    hint: 'Each line is a spec such as numpy=1.26; pip reads its own requirements files',
  });
}
