/** How much an explanation tells of what is alike. */
export interface ExplainLimits {
  /** Reasons beneath one line. */
  readonly groups: number;
  /** Ranges of versions of one name. */
  readonly ranges: number;
  /** Ways to spell dependencies on one name. */
  readonly alternatives: number;
  readonly builds: number;
}

export const SHORT: ExplainLimits = { groups: 6, ranges: 4, alternatives: 3, builds: 4 };

export const WHOLE: ExplainLimits = {
  groups: Infinity,
  ranges: Infinity,
  alternatives: Infinity,
  builds: Infinity,
};
