import { readFileSync } from 'node:fs';
import path from 'node:path';

import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { isExplicitFile, parseExplicitFile, parseRequirementsFile } from '../specs/index.ts';
import { expandHome } from './expand-home.ts';

/** What the operands and `--file` ask for: specs for the solver, or archives as they are. */
export type Wanted =
  | { readonly kind: 'specs'; readonly specs: readonly string[] }
  | { readonly kind: 'explicit'; readonly records: readonly RepoDataRecord[] };

const ARCHIVE = /\.(?:conda|tar\.bz2)(?:#\w+)?$/;
const YAML = /\.ya?ml$/;

/**
 * Reads the files and puts what they say behind the operands.
 * @throws {TcondaError} `FILE_NOT_FOUND`, `INVALID_SPEC_FILE`, `INVALID_VALUE` when specs and archives are mixed
 */
export function readWanted(
  operands: readonly string[],
  files: readonly string[],
  config: LoadedConfig,
  host: Host,
): Wanted {
  const paths = { channels: channelSettings(config, host), env: host.env };
  const archives = operands.filter((operand) => ARCHIVE.test(operand));
  const specs = operands.filter((operand) => !ARCHIVE.test(operand));
  const records =
    archives.length > 0 ? [...parseExplicitFile(archives.join('\n'), paths, 'the command line').records] : [];
  let isExplicit = archives.length > 0;
  for (const file of files) {
    const text = readText(file, host);
    if (isExplicitFile(text)) {
      isExplicit = true;
      records.push(...parseExplicitFile(text, paths, file).records);
    } else {
      specs.push(...parseRequirementsFile(text, file).specs);
    }
  }
  if (!isExplicit) return { kind: 'specs', specs };
  if (specs.length === 0) return { kind: 'explicit', records };
  throw new TcondaError(
    'INVALID_VALUE',
    'Cannot combine package names with explicit package lists or archives',
  );
}

function readText(file: string, host: Host): string {
  if (YAML.test(file)) {
    throw new TcondaError('INVALID_VALUE', `${file}: environment files in YAML can't be read yet`, {
      hint: 'Lists of specs and explicit lists can: see tconda list --export and --explicit',
    });
  }
  const full = path.resolve(host.cwd, expandHome(file, host.home));
  try {
    return readFileSync(full, 'utf8');
  } catch (cause) {
    throw new TcondaError('FILE_NOT_FOUND', `'${full}' file not found`, { cause, data: { filename: full } });
  }
}
