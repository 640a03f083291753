import { parseRegex } from './linear-regex-text.ts';
import type { RegexNode } from './linear-regex-text.ts';
import { isWordCharacter, RegexError } from './regex-character.ts';
import type { CharacterTest } from './regex-character.ts';

/** @see compileRegex */
export interface LinearRegex {
  /** Whether the pattern matches at the start of the text; it need not reach the end unless it says `$`. */
  readonly test: (text: string) => boolean;
}

/**
 * A regular expression that takes time linear in the text, whatever the pattern: an automaton that follows all its
 * states at once and never backtracks. Patterns come from repodata and from strangers' files; none may stall the program.
 * Knows literals, `.`, classes, `\d \w \s`, groups, `|`, `* + ? {m,n}`, `^ $ \b` and look-ahead. Case does not matter.
 * @throws {RegexError} when the pattern is malformed, too big, or can't be matched in linear time
 */
export function compileRegex(pattern: string): LinearRegex {
  const program = assemble(parseRegex(pattern), false, { left: MAX_STEPS });
  return { test: (text) => matchesAtStart(program, text.toLowerCase()) };
}

type Instruction =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'fork'; readonly targets: readonly number[] }
  | { readonly kind: 'edge'; readonly edge: (RegexNode & { readonly kind: 'edge' })['edge'] }
  /** `program` reads backwards, so that one pass tells for every position whether it matches from there. */
  | { readonly kind: 'look'; readonly program: Program; readonly isNegative: boolean }
  | { readonly kind: 'accept' };

type Program = readonly Instruction[];

/** Bounds the size of all programs of a pattern together, and the time it takes to write them: `(((){99}){99}){99}`. */
const MAX_STEPS = 2000;

function assemble(node: RegexNode, isReversed: boolean, steps: { left: number }): Program {
  const code: Instruction[] = [];
  const emit = (instruction: Instruction): number => code.push(instruction) - 1;
  const add = (part: RegexNode): void => {
    steps.left--;
    if (steps.left < 0) throw new RegexError('it is too big', 0);
    switch (part.kind) {
      case 'character':
      case 'edge':
        emit(part);
        return;
      case 'look':
        emit({ kind: 'look', program: assemble(part.node, true, steps), isNegative: part.isNegative });
        return;
      case 'sequence':
        (isReversed ? part.nodes.toReversed() : part.nodes).forEach(add);
        return;
      case 'choice':
        addChoice(part.nodes);
        return;
      case 'repeat':
        addRepeat(part);
    }
  };
  const addChoice = (nodes: readonly RegexNode[]): void => {
    const start = emit({ kind: 'accept' });
    const targets: number[] = [];
    const exits: number[] = [];
    for (const node of nodes) {
      targets.push(code.length);
      add(node);
      exits.push(emit({ kind: 'accept' }));
    }
    code[start] = { kind: 'fork', targets };
    for (const exit of exits) code[exit] = { kind: 'fork', targets: [code.length] };
  };
  const addRepeat = (part: RegexNode & { readonly kind: 'repeat' }): void => {
    for (let i = 0; i < part.min; i++) add(part.node);
    if (part.max === Infinity) {
      const start = emit({ kind: 'accept' });
      add(part.node);
      emit({ kind: 'fork', targets: [start] });
      code[start] = { kind: 'fork', targets: [start + 1, code.length] };
      return;
    }
    const skips: number[] = [];
    for (let i = part.min; i < part.max; i++) {
      skips.push(emit({ kind: 'accept' }));
      add(part.node);
    }
    for (const skip of skips) code[skip] = { kind: 'fork', targets: [skip + 1, code.length] };
  };
  add(node);
  emit({ kind: 'accept' });
  return code;
}

function matchesAtStart(program: Program, text: string): boolean {
  const run = new Run(program, text);
  run.enter(0, 0);
  for (let position = 0; ; position++) {
    if (run.isAccepted) return true;
    if (position === text.length || run.isDead()) return false;
    run.step(text.charAt(position), position + 1);
  }
}

/** For every position of the text, whether the program, which reads backwards, ends there. */
function endsBackwards(program: Program, text: string): Uint8Array {
  const found = new Uint8Array(text.length + 1);
  const run = new Run(program, text);
  for (let position = text.length; ; position--) {
    run.enter(0, position);
    if (run.isAccepted) found[position] = 1;
    if (position === 0) return found;
    run.step(text.charAt(position - 1), position - 1);
  }
}

/** The set of states that a program is in at one position of a text. */
class Run {
  readonly #program: Program;
  readonly #text: string;
  readonly #looks = new Map<Instruction, Uint8Array>();
  #states: number[] = [];
  #seen: Uint8Array;
  isAccepted = false;

  constructor(program: Program, text: string) {
    this.#program = program;
    this.#text = text;
    this.#seen = new Uint8Array(program.length);
    for (const instruction of program) {
      if (instruction.kind === 'look') {
        this.#looks.set(instruction, endsBackwards(instruction.program, text));
      }
    }
  }

  isDead(): boolean {
    return this.#states.length === 0;
  }

  step(char: string, position: number): void {
    const before = this.#states;
    this.#states = [];
    this.#seen = new Uint8Array(this.#program.length);
    this.isAccepted = false;
    for (const state of before) {
      const instruction = this.#program[state];
      if (instruction?.kind === 'character' && instruction.test(char)) this.enter(state + 1, position);
    }
  }

  /** Adds a state and all that are reached from it without reading. */
  enter(first: number, position: number): void {
    const pending = [first];
    for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
      if (this.#seen[state] === 1) continue;
      this.#seen[state] = 1;
      const instruction = this.#program[state];
      if (instruction === undefined) continue;
      if (instruction.kind === 'accept') this.isAccepted = true;
      else if (instruction.kind === 'character') this.#states.push(state);
      else if (instruction.kind === 'fork') pending.push(...instruction.targets);
      else if (this.#holds(instruction, position)) pending.push(state + 1);
    }
  }

  #holds(instruction: Instruction & { readonly kind: 'edge' | 'look' }, position: number): boolean {
    if (instruction.kind === 'look') {
      return (this.#looks.get(instruction)?.[position] === 1) !== instruction.isNegative;
    }
    switch (instruction.edge) {
      case 'start':
        return position === 0;
      case 'end':
        return position === this.#text.length;
      case 'word':
        return this.#isWordEdge(position);
      case 'notWord':
        return !this.#isWordEdge(position);
    }
  }

  #isWordEdge(position: number): boolean {
    return isWordCharacter(this.#text.charAt(position - 1)) !== isWordCharacter(this.#text.charAt(position));
  }
}
