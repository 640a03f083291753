/**
 * All that a change of a prefix does to its files, in the order of the steps. Paths are relative to the prefix, `/` separated,
 * and lead through no symlinked directory.
 */
export interface JournalPlan {
  /** Files, or directories with all they hold, that are moved out of the way. No path lies inside another. */
  readonly aside: readonly string[];
  /** Directories that are removed, being empty by now, because a file takes their place; inner ones first. */
  readonly replacedDirectories: readonly string[];
  /** Directories that are made, outer ones first; none of them is there by now. */
  readonly directories: readonly string[];
  /** Files that are renamed: `[from, to]`. Nothing stands at `to` by then. */
  readonly moved: readonly (readonly [from: string, to: string])[];
  /** Files that are made. Nothing stands there by then. */
  readonly created: readonly string[];
  /** Directories that are removed after the commit if nothing is left in them; inner ones first. */
  readonly emptied: readonly string[];
}

/**
 * The write-ahead journal of one change. What is in the plan, and nothing else, may change; when the change fails or its
 * process dies, the prefix becomes again what it was.
 */
export interface Journal {
  /** Where the environment lives; absolute. */
  readonly prefix: string;
  /** Where its files are made: at the prefix, or beside it as long as a new environment has no name. Absolute. */
  readonly place: string;
  /** A directory on the file system of the prefix for what is needed in between; it goes away with the journal. Absolute. */
  readonly scratch: string;
  /** True when there was nothing at the prefix before. */
  readonly isNew: boolean;
  /** All that is in the prefix, directories as one, but for what belongs to the change: an `aside` that leaves nothing. */
  everything(): readonly string[];
  /** Gives a new environment its name by one rename, so that programs may run in it. Else it gets it with the commit. */
  appear(): void;
  /** Makes the plan durable. Once, before anything changes. */
  begin(plan: JournalPlan): void;
  /** Carries out all steps but `created` and `emptied`, and gives control back now and then. */
  clearTheWay(): AsyncIterable<void>;
}
