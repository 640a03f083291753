/** One case of a vector file, as it stands there. */
export interface TestCase {
  readonly id: string;
  readonly type: string;
  /** What other tools answer, where they disagree: then no answer is wrong. */
  readonly differs?: unknown;
  readonly [field: string]: unknown;
}

export interface CaseContext {
  /**
   * The absolute path of recorded data (`packages/`, `repodata/`, `lockfiles/`) in the folder of the vectors.
   * @throws {NotRun} when it is not there
   */
  readonly recorded: (relative: string) => string;
}

/** How the cases of one vector file are carried out. There is one module for each file, named after it. */
export interface Kind {
  /**
   * Resolves when the case holds.
   * @throws {AssertionError} of `node:assert` when the answer is another than the case has
   * @throws {NotRun} when the data it needs is absent
   * @throws {OtherTool} when the answer that the case has is not conda's
   * @throws {UnknownType} for a `type` that this module does not know
   */
  readonly run: (testCase: TestCase, context: CaseContext) => void | Promise<void>;
}

/** The case can't be carried out here; it counts neither as passed nor as failed. */
export class NotRun extends Error {}

/** The case holds another tool's answer, and tconda's is conda's. Counts as disputed, as if the case had `differs`. */
export class OtherTool extends Error {}

/** A case of a sort that nobody taught the runner. Counts as failed, also where the tools disagree. */
export class UnknownType extends Error {
  constructor(type: string) {
    super(`unknown type of case: ${type}`);
  }
}
