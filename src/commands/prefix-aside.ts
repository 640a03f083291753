import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Runs `action` with the environment at `prefix` moved out of the way. It is deleted only when `isDone` says that another
 * has taken its place; else, and when `action` throws, it comes back as it was.
 */
export async function withPrefixAside<T>(
  prefix: string,
  action: () => Promise<T>,
  isDone: (result: T) => boolean,
): Promise<T> {
  const aside = path.join(path.dirname(prefix), `.${path.basename(prefix)}.${randomUUID()}.old`);
  await rename(prefix, aside);
  let keepsNew = false;
  try {
    const result = await action();
    keepsNew = isDone(result);
    return result;
  } finally {
    if (keepsNew) {
      await rm(aside, { recursive: true, force: true });
    } else {
      if (existsSync(prefix)) await rm(prefix, { recursive: true, force: true });
      await rename(aside, prefix);
    }
  }
}
