import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes room at a place without deleting what is there, which is done at the end: ext4 gives nobody an inode that was freed within the
 * last minute, and looks at each of those for every file that it makes. Where 30 000 files were deleted a moment ago a new one takes ten
 * times as long, whoever makes it.
 * @param {string} work
 * @returns {(place: string) => void}
 */
export function createPutAway(work) {
  const old = path.join(work, 'old');
  mkdirSync(old);
  let number = 0;
  return (place) => {
    if (existsSync(place)) renameSync(place, path.join(old, String((number += 1))));
  };
}
