/** One package's wish to have a file at a path. */
export interface Claim<T> {
  /** The path, in a form in which equal paths of the file system are equal. */
  readonly key: string;
  /** Name of the package. */
  readonly owner: string;
  readonly item: T;
}

/**
 * Calls `settle` for every path that needs it: with all its claims, the one with precedence first. A path with one claim is
 * settled too, so that a file which gave way once can return, unless that is `isAtHome`.
 */
export function resolveClaims<T>(
  claims: readonly Claim<T>[],
  precedence: ReadonlyMap<string, number>,
  settle: (key: string, ranked: readonly Claim<T>[]) => void,
  isAtHome: (item: T) => boolean = () => false,
): void {
  const byKey = new Map<string, Claim<T> | Claim<T>[]>();
  for (const claim of claims) {
    const known = byKey.get(claim.key);
    if (known === undefined) byKey.set(claim.key, claim);
    else if (Array.isArray(known)) known.push(claim);
    else byKey.set(claim.key, [known, claim]);
  }
  const rank = ({ owner }: Claim<T>): number => precedence.get(owner) ?? precedence.size;
  for (const [key, found] of byKey) {
    if (Array.isArray(found))
      settle(
        key,
        found.toSorted((left, right) => rank(left) - rank(right)),
      );
    else if (!isAtHome(found.item)) settle(key, [found]);
  }
}
