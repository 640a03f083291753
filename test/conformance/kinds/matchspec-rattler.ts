import { deepEqual, equal } from 'node:assert/strict';

import {
  formatMatchSpec,
  matchesVersion,
  type MatchSpec,
  parseMatchSpec,
  parseVersion,
  parseVersionSpec,
  TcondaError,
  type VersionSpec,
} from '../../../src/index.ts';
import { OtherTool } from '../kind.ts';
import type { TestCase } from '../kind.ts';

interface ParseFields {
  readonly spec: string;
  readonly expect: {
    readonly error?: string;
    readonly name?: string;
    readonly version?: string;
    readonly build?: string;
    readonly build_number?: string;
    readonly channel?: { readonly base_url: string };
    readonly subdir?: string;
    readonly url?: string;
  };
}

interface CanonicalFields {
  readonly input: string;
  readonly group: string;
  readonly legacy?: string;
  readonly legacy_reparse?: string;
  readonly canonical?: string;
  readonly canonical_reparse?: string;
}

/** The fields that rattler sees, and the same versions of a sample. */
export function checkRattlerParse(testCase: TestCase): void {
  const { spec: text, expect } = testCase as unknown as ParseFields;
  const spec = find(testCase.type === 'rattler-parse' ? text : named(text));
  if (expect.error !== undefined) {
    if (spec !== undefined) throw new OtherTool('rattler refuses what conda accepts');
    return;
  }
  // A nameless spec of an archive keeps no more than its URL.
  if (expect.url !== undefined) return equal(spec?.url, expect.url);
  equal(spec?.name, expect.name ?? '*');
  equal(spec?.build?.text, expect.build);
  equal(spec?.subdir, expect.subdir);
  const channel = spec?.channel;
  equal(
    channel === undefined || channel.kind === 'pattern' ? undefined : channel.channel.baseUrl,
    expectedUrl(expect),
  );
  equal(spec?.buildNumber?.text, expect.build_number?.replace(/^==/, ''));
  deepEqual(
    sampled(spec?.version),
    sampled(expect.version === undefined ? undefined : parseVersionSpec(expect.version)),
  );
}

/** All texts that rattler writes for a spec mean the same here, and survive being written again. */
export function checkRattlerCanonical(testCase: TestCase): void {
  const fields = testCase as unknown as CanonicalFields;
  if (fields.legacy === undefined && fields.canonical === undefined) {
    // rattler has no text for it: it is no spec, or has no name.
    if (fields.group === 'parser_edges' && find(fields.input) !== undefined) {
      throw new OtherTool('rattler refuses what conda accepts');
    }
    return;
  }
  const texts = [
    ...(fields.canonical_reparse?.startsWith('same spec') === true ? [fields.canonical] : []),
    ...(fields.legacy_reparse === 'same spec' ? [fields.legacy] : []),
  ].filter((text) => text !== undefined);
  if (fields.canonical?.startsWith('refused') === true && texts.some((text) => find(text) === undefined)) {
    throw new OtherTool('conda refuses what rattler can write but not canonically');
  }
  const [first, ...others] = texts.map((text) => formatMatchSpec(parseMatchSpec(text)));
  for (const other of others) equal(other, first);
  if (first !== undefined) equal(formatMatchSpec(parseMatchSpec(first)), first);
}

function named(text: string): string {
  if (/^[[=]/.test(text)) return `*${text}`;
  return /[/\\]/.test(text) ? text : `* ${text}`;
}

function expectedUrl({ channel }: ParseFields['expect']): string | undefined {
  return channel?.base_url.replace('<HOME>', '').replace(/^file:\/\/(?!\/)/, 'file:///');
}

const SAMPLE = [
  '0.9.1',
  '1.0',
  '1.0.1',
  '1.2.3',
  '1.2.4',
  '2.7.18.1',
  '2.8.0',
  '3.6.1',
  '3.9',
  '3.9.1',
  '1!164.4',
];

function sampled(spec: VersionSpec | undefined): readonly string[] {
  return SAMPLE.filter((text) => spec === undefined || matchesVersion(spec, parseVersion(text)));
}

function find(text: string): MatchSpec | undefined {
  try {
    return parseMatchSpec(text);
  } catch (error) {
    if (error instanceof TcondaError) return undefined;
    throw error;
  }
}
