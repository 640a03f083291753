// Extracts archives in the threads of the build, as an installation does: node extract-driver.mjs FOLDER THREADS [--ready] ARCHIVE...
// With --ready the threads are up before it begins, as they are in an installation once the first archive is there.
// Prints the seconds of the extraction alone.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { ROOT } from './run.mjs';

const [folder = '', threads = '1', ...rest] = process.argv.slice(2);
const isReady = rest[0] === '--ready';
const archives = rest.slice(isReady ? 1 : 0);
const script = pathToFileURL(path.join(ROOT, 'dist/extract-worker.js'));

const queue = archives.map((archive, index) => {
  const fn = path.basename(archive);
  const stem = fn.replace(/\.(?:conda|tar\.bz2)$/, '');
  const [build, version, ...name] = stem.split('-').reverse();
  const directory = path.join(folder, `${index}`, stem);
  return {
    archive,
    directory,
    shelter: `${directory}.extract`,
    record: { fn, name: name.reverse().join('-'), version, build, constrains: [] },
  };
});
const resourceLimits = { maxYoungGenerationSizeMb: 4 };
const workers = Array.from(
  { length: Math.min(Number(threads), queue.length) },
  () => new Worker(script, { resourceLimits }),
);
if (isReady) {
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('online', resolve))));
  // They load their modules.
  await new Promise((resolve) => setTimeout(resolve, 300));
}
const started = performance.now();
await Promise.all(workers.map((worker) => work(worker)));
process.stdout.write(`${(performance.now() - started) / 1000}\n`);

/** @param {Worker} worker */
async function work(worker) {
  for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
    const reply = new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    worker.postMessage(task);
    const { kind, message } = await reply;
    if (kind !== 'done') throw new Error(message);
  }
  await worker.terminate();
}
