import { nameOfDependency } from '../model/dependency-order.ts';
import { formatPythonList } from '../model/python-text.ts';
import { parsePythonList } from './python-literal.ts';

/** One change of an environment, as `conda-meta/history` tells it. */
export interface HistoryEntry {
  /** Local time, `2026-01-31 12:34:56`. */
  readonly time: string;
  /** The command line; empty when it is not known. */
  readonly command: string;
  /** `conda version: 26.7.0` */
  readonly tool: string;
  /** `channel/subdir::name-version-build` of what left. */
  readonly unlinked: readonly string[];
  readonly linked: readonly string[];
  /** Where what left or came is to be had: `channel/subdir::name-version-build` to URL and digest, `https://…#sha256:…`. */
  readonly sources: ReadonlyMap<string, string>;
  readonly updateSpecs: readonly string[];
  readonly removeSpecs: readonly string[];
  readonly neuteredSpecs: readonly string[];
}

/** What was installed after entry `number` of the history: `channel/subdir::name-version-build`, sorted. */
export interface Revision {
  readonly number: number;
  readonly entry: HistoryEntry;
  readonly state: readonly string[];
}

/** All entries, oldest first. Lines that mean nothing are passed over. */
export function parseHistory(text: string): HistoryEntry[] {
  return sectionsOf(text).map(({ entry }) => entry);
}

/** The state after each entry. An entry without `+` and `-` lists everything that is there. */
export function parseRevisions(text: string): Revision[] {
  let state = new Set<string>();
  return sectionsOf(text).map(({ entry, full }, number) => {
    if (full.length > 0) state = new Set(full);
    for (const dist of entry.unlinked) state.delete(dist);
    for (const dist of entry.linked) state.add(dist);
    return { number, entry, state: [...state].toSorted() };
  });
}

/**
 * Name to spec text: what was asked for over all entries, and not taken back. Names that are not installed any more are the
 * caller's to drop. Only entries with a command count, as in conda.
 */
export function requestedSpecs(entries: readonly HistoryEntry[]): Map<string, string> {
  const specs = new Map<string, string>();
  for (const entry of entries) {
    if (entry.command === '') continue;
    for (const spec of entry.removeSpecs) specs.delete(nameOfDependency(spec));
    for (const spec of [...entry.updateSpecs, ...entry.neuteredSpecs]) {
      if (spec.endsWith('@')) continue;
      specs.set(nameOfDependency(spec), spec);
    }
  }
  return specs;
}

/** Where every package that the history tells of is to be had, as far as it says so. */
export function packageSources(entries: readonly HistoryEntry[]): ReadonlyMap<string, string> {
  return new Map(entries.flatMap(({ sources }) => [...sources]));
}

/** The lines of one entry, ready to be appended. */
export function formatHistoryEntry(entry: HistoryEntry): string {
  const lines = [
    `==> ${entry.time} <==`,
    `# cmd: ${oneLine(entry.command)}`,
    `# ${entry.tool}`,
    ...entry.unlinked.toSorted().map((dist) => `-${dist}`),
    ...entry.linked.toSorted().map((dist) => `+${dist}`),
    // A comment to other clients.
    ...[...entry.sources].map(([dist, source]) => `# package: ${dist} ${source}`).toSorted(),
  ];
  if (entry.removeSpecs.length > 0) lines.push(`# remove specs: ${formatPythonList(entry.removeSpecs)}`);
  if (entry.updateSpecs.length > 0) lines.push(`# update specs: ${formatPythonList(entry.updateSpecs)}`);
  if (entry.neuteredSpecs.length > 0) {
    lines.push(`# neutered specs: ${formatPythonList(entry.neuteredSpecs)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Local time of an entry, to the second. */
export function formatHistoryTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

interface Section {
  readonly entry: HistoryEntry;
  /** Lines without a sign. */
  readonly full: readonly string[];
}

const SECTION = /^==>\s*(.+?)\s*<==/;
const COMMAND = /^#\s*cmd:\s*(.*)$/;
const TOOL = /^#\s*(\S+ version:.*)$/;
const PACKAGE = /^#\s*package:\s*(\S.*)\s(\S+)$/;
const SPECS = /^#\s*(\w+) specs:\s*(.*)$/;

function sectionsOf(text: string): Section[] {
  const sections: { time: string; lines: string[] }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const time = SECTION.exec(line)?.[1];
    if (time !== undefined) sections.push({ time, lines: [] });
    else if (line !== '') sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ time, lines }) => parseSection(time, lines));
}

function parseSection(time: string, lines: readonly string[]): Section {
  const found: Record<'unlinked' | 'linked' | 'full' | 'update' | 'remove' | 'neutered', string[]> = {
    unlinked: [],
    linked: [],
    full: [],
    update: [],
    remove: [],
    neutered: [],
  };
  let [command, tool] = ['', ''];
  const sources = new Map<string, string>();
  for (const line of lines) {
    if (line.startsWith('-')) found.unlinked.push(line.slice(1).trim());
    else if (line.startsWith('+')) found.linked.push(line.slice(1).trim());
    else if (!line.startsWith('#')) found.full.push(line.trim());
    else {
      command = COMMAND.exec(line)?.[1] ?? command;
      tool = TOOL.exec(line)?.[1] ?? tool;
      const [, dist, source] = PACKAGE.exec(line) ?? [];
      if (dist !== undefined && source !== undefined) sources.set(dist, source);
      const specs = SPECS.exec(line);
      const action = ACTIONS[specs?.[1] ?? ''];
      if (specs !== null && action !== undefined) found[action].push(...parsePythonList(specs[2] ?? ''));
    }
  }
  const { unlinked, linked, full, update, remove, neutered } = found;
  return {
    entry: {
      time,
      command,
      tool,
      unlinked,
      linked,
      sources,
      updateSpecs: update,
      removeSpecs: remove,
      neuteredSpecs: neutered,
    },
    full,
  };
}

const ACTIONS: Readonly<Record<string, 'update' | 'remove' | 'neutered'>> = {
  update: 'update',
  install: 'update',
  create: 'update',
  remove: 'remove',
  uninstall: 'remove',
  neutered: 'neutered',
};

/** A command line of several lines would end its entry. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}
