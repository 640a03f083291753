import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { Host } from '../host/index.ts';
import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { stateFolder } from './state-folder.ts';

/** What a person said of a file of this content. */
export type Trust = 'trusted' | 'refused' | 'unknown';

/** What this user said of the file as it is now: with another content it is another file. */
export function trustOf(file: string, content: string, host: Host): Trust {
  const known = loadTrust(host)[file];
  if (known === undefined || known.sha256 !== digest(content)) return 'unknown';
  return known.isTrusted ? 'trusted' : 'refused';
}

/** Remembers what this user says of a file. */
export function rememberTrust(file: string, content: string, isTrusted: boolean, host: Host): void {
  const target = trustFile(host);
  const all = { ...loadTrust(host), [file]: { sha256: digest(content), isTrusted } };
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
  writeFileAtomicSync(target, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
}

interface TrustEntry {
  readonly sha256: string;
  readonly isTrusted: boolean;
}

function loadTrust(host: Host): Readonly<Record<string, TrustEntry>> {
  try {
    const data: unknown = JSON.parse(readFileSync(trustFile(host), 'utf8'));
    return typeof data === 'object' && data !== null ? (data as Record<string, TrustEntry>) : {};
  } catch {
    // Without the file, or with a broken one, nothing is trusted.
    return {};
  }
}

function trustFile(host: Host): string {
  return path.join(stateFolder(host), 'trusted-files.json');
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
