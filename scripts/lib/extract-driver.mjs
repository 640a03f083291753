// Extracts archives in the threads of the build, as an installation does: node extract-driver.mjs FOLDER THREADS ARCHIVE...
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { ROOT } from './run.mjs';

const [folder = '', threads = '1', ...archives] = process.argv.slice(2);
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
await Promise.all(
  Array.from({ length: Math.min(Number(threads), queue.length) }, () => work(new Worker(script))),
);

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
