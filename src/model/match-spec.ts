/** A query for packages (CEP 29). Immutable. */
export interface MatchSpec {
  /** Exact lowercase name, or a pattern. */
  readonly name: string;
}
