import type { ConflictGraph, Demand } from './conflict-graph.ts';
import type { ExplainInput } from './explain.ts';
import { explainClashes } from './explain-clash.ts';
import { explainMissing } from './explain-missing.ts';
import { joinAlternatives, nameOf } from './join-alternatives.ts';
import { formatCandidates } from './version-ranges.ts';

/** A line and what stands beneath it. */
interface Branch {
  readonly text: string;
  readonly children: readonly Branch[];
}

/** One conflict as lines. Candidates are merged over their versions; nothing is said twice. */
export function formatConflict(graph: ConflictGraph, input: ExplainInput): readonly string[] {
  const [only, ...more] = graph.roots;
  if (only !== undefined && more.length === 0 && only.providers.length === 0) {
    return [`${only.text} can't be installed: ${explainMissing(only.text, input)}`];
  }
  const writer = new ConflictWriter(graph, input);
  const branches = graph.roots.map((root) => writer.branchOf(root));
  return [formatTitle(graph.roots), ...renderBranches(branches)];
}

function formatTitle(roots: readonly Demand[]): string {
  const isWanted = ({ from }: Demand): boolean =>
    typeof from !== 'number' &&
    (from.kind === 'install' || from.kind === 'update' || from.kind === 'updateAll');
  const wanted = roots.filter(isWanted);
  const names = (wanted.length > 0 ? wanted : roots).map((root) => root.text).filter((text) => text !== '');
  const last = names.at(-1) ?? 'What was asked for';
  if (names.length < 2) return `${last} can't be installed:`;
  return `${names.slice(0, -1).join(', ')} and ${last} can't be installed together:`;
}

class ConflictWriter {
  readonly #graph: ConflictGraph;
  readonly #input: ExplainInput;
  readonly #told = new Set<string>();
  readonly #met = new Set<number>();

  constructor(graph: ConflictGraph, input: ExplainInput) {
    this.#graph = graph;
    this.#input = input;
  }

  branchOf(root: Demand): Branch {
    const said = this.#introduce(root);
    if (root.providers.length === 0) {
      return { text: `${said}, but ${explainMissing(root.text, this.#input)}`, children: [] };
    }
    return { text: said, children: this.#explainProviders(root.providers) };
  }

  #introduce({ from, text, providers }: Demand): string {
    if (typeof from === 'number') return text;
    switch (from.kind) {
      case 'pin':
        return from.isImplied === true
          ? `${text} is installed and nobody asks for another`
          : `${text} is pinned`;
      case 'freeze':
      case 'keep':
        return `${formatCandidates(providers, this.#input.loaded.table, this.#input.limits)} is installed and must stay`;
      case 'repair':
        return `${formatCandidates(providers, this.#input.loaded.table, this.#input.limits)} is to have what it needs`;
      case 'remove':
        return `${text} is to be removed`;
      case 'updateAll':
        return 'everything is to be updated';
      case 'install':
      case 'update': {
        const isTyped = this.#input.requested.some((spec) => spec.text === from.spec.text);
        return `${text} ${isTyped ? 'is requested' : 'was requested before'}`;
      }
    }
  }

  #explainProviders(providers: readonly number[]): Branch[] {
    const groups = this.#groupByReason(providers);
    const shown = groups
      .slice(0, this.#input.limits.groups)
      .flatMap((numbers) => this.#explainGroup(numbers));
    const left = groups.length - this.#input.limits.groups;
    return left > 0 ? [...shown, { text: `and ${left} more of the kind`, children: [] }] : shown;
  }

  /** The newest first. Candidates that play no part in the conflict are not mentioned. */
  #groupByReason(providers: readonly number[]): number[][] {
    const { candidates } = this.#input.loaded.table;
    const groups = new Map<string, number[]>();
    for (const number of providers.toReversed()) {
      const reason = this.#reasonOf(number);
      const name = candidates[number]?.record.name;
      if (reason === undefined || name === undefined) continue;
      const group = groups.get(`${name} ${reason}`);
      if (group === undefined) groups.set(`${name} ${reason}`, [number]);
      else group.push(number);
    }
    return [...groups.values()];
  }

  /** The names that a candidate fails over; its versions may differ in which versions of them they want. */
  #reasonOf(number: number): string | undefined {
    const { candidates } = this.#input.loaded.table;
    const needs = (this.#graph.needs.get(number) ?? []).map(({ text }) => `needs ${nameOf(text)}`);
    const clashes = (this.#graph.clashes.get(number) ?? []).map(
      ({ other }) => `clashes ${candidates[other]?.record.name ?? 'pin'}`,
    );
    if (needs.length + clashes.length === 0) return undefined;
    return [...new Set([...needs, ...clashes])].toSorted((a, b) => (a < b ? -1 : 1)).join(';');
  }

  #explainGroup(numbers: readonly number[]): Branch[] {
    const text = formatCandidates(numbers, this.#input.loaded.table, this.#input.limits);
    const key = numbers.join(' ');
    const needs = this.#needsByName(numbers);
    if (this.#told.has(key)) return needs.length === 0 ? [] : [{ text: `${text}, as above`, children: [] }];
    this.#told.add(key);
    for (const number of numbers) this.#met.add(number);
    const clashes = explainClashes(numbers, this.#graph, this.#input, (other) => this.#met.has(other));
    return [
      ...needs.map((demands) => this.#explainNeed(text, demands)),
      ...clashes.map((line) => ({ text: line, children: [] })),
    ];
  }

  #needsByName(numbers: readonly number[]): Demand[][] {
    const byName = new Map<string, Demand[]>();
    for (const need of numbers.flatMap((number) => this.#graph.needs.get(number) ?? [])) {
      const name = nameOf(need.text);
      byName.set(name, [...(byName.get(name) ?? []), need]);
    }
    return [...byName.values()];
  }

  #explainNeed(text: string, demands: readonly Demand[]): Branch {
    const texts = demands.map((demand) => demand.text);
    const said = `${text} needs ${joinAlternatives(texts, this.#input.limits)}`;
    const providers = [...new Set(demands.flatMap((demand) => demand.providers))].toSorted((a, b) => a - b);
    if (providers.length === 0) {
      return { text: `${said}, but ${explainMissing(demands[0]?.text ?? '', this.#input)}`, children: [] };
    }
    return { text: said, children: this.#explainProviders(providers) };
  }
}

function renderBranches(branches: readonly Branch[], indent = ''): string[] {
  return branches.flatMap(({ text, children }, index) => {
    const isLast = index === branches.length - 1;
    const below = `${indent}${isLast ? '   ' : '│  '}`;
    return [`${indent}${isLast ? '└─ ' : '├─ '}${text}`, ...renderBranches(children, below)];
  });
}
