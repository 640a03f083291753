import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { temporaryName } from '../io/atomic-file.ts';
import type { HttpResponse } from '../io/http.ts';

/** Writes a body to the file descriptor, checked. What it throws leaves the cache as it was. */
export type ReceiveBody<T> = (body: AsyncIterable<Uint8Array>, descriptor: number) => Promise<T>;

/** Receives the answer beside `file`, which it takes the place of once it is whole and checked. Nothing stays of one that isn't. */
export async function receiveFile<T>(
  file: string,
  response: HttpResponse,
  receive: ReceiveBody<T>,
): Promise<T> {
  const beside = temporaryName(file);
  try {
    const descriptor = openSync(beside, 'wx');
    let value;
    try {
      value = await receive(response.body, descriptor);
    } finally {
      closeSync(descriptor);
    }
    await rename(beside, file);
    return value;
  } finally {
    response.dismiss();
    rmSync(beside, { force: true });
  }
}

/** On Windows a file that is being read can't be replaced. Nobody reads for long. */
async function rename(from: string, to: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (attempt === 6 || (code !== 'EPERM' && code !== 'EACCES' && code !== 'EBUSY')) throw error;
      await sleep(20 * 2 ** attempt);
    }
  }
}
