import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { Report } from '../model/event.ts';
import type { ExtractedPackage } from '../model/package-files.ts';

export interface PrelinkMessageOptions {
  readonly report: Report;
  /** Asks whether to go on, once what packages have to say was told; without it goes on. */
  readonly confirmMessages?: () => Promise<boolean>;
}

/**
 * Tells what packages want to be read before they are linked (`info/prelink_messages/`), as conda does.
 * @returns whether they are to be linked
 */
export async function tellPrelinkMessages(
  packages: readonly ExtractedPackage[],
  { report, confirmMessages }: PrelinkMessageOptions,
): Promise<boolean> {
  const messages = packages.flatMap(({ directory }) => messagesIn(directory));
  if (messages.length === 0) return true;
  const texts = messages.map(({ name, text }) => `\n\n  File ${name}:\n\n${indent(text)}\n`);
  report({
    kind: 'message',
    text: `\n\nThe following PRELINK MESSAGES are INCLUDED:\n${texts.join('')}\n`,
  });
  return (await confirmMessages?.()) ?? true;
}

/** Longer than anybody reads. */
const MAX_MESSAGE = 64 * 1024;

function messagesIn(directory: string): readonly { readonly name: string; readonly text: string }[] {
  const root = path.join(directory, 'info', 'prelink_messages');
  if (lstatSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted()
    .map((file) => ({
      name: path.basename(file),
      text: readFileSync(file).subarray(0, MAX_MESSAGE).toString('utf8').trimEnd(),
    }));
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
