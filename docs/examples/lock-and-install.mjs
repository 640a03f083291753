// Solves once, writes the answer down, and makes the same environment from it: no solver, no index.
// node docs/examples/lock-and-install.mjs CHANNEL PREFIX PLATFORM SPEC...
import { writeFile } from 'node:fs/promises';

import { createEnvironment, formatExplicitList, solve } from 'tconda';

const [channel = 'conda-forge', prefix = './env', platform = 'linux-64', ...specs] = process.argv.slice(2);
const lock = `${prefix}.lock.txt`;
const records = await solve({ channels: [channel], platform, specs });
await writeFile(lock, formatExplicitList(records, platform));

const { transaction } = await createEnvironment({ prefix, platform, files: [lock] });
console.log(`${records.length} packages locked, ${transaction.operations.length} installed`);
