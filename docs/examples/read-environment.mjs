// Lists an environment: what was asked for, what came with it, and how large it is.
// node docs/examples/read-environment.mjs PREFIX
import path from 'node:path';

import { loadPrefix } from 'tconda';

const { exists, history, records } = await loadPrefix(path.resolve(process.argv[2] ?? './env'));
if (!exists) throw new Error('there is no environment');
for (const { name, version, depends, paths_data } of records) {
  const bytes = paths_data.paths.reduce((sum, { size_in_bytes = 0 }) => sum + size_in_bytes, 0);
  const reason = history.has(name) ? `asked for as ${history.get(name)}` : 'a dependency';
  console.log(`${name} ${version}: ${reason}; ${bytes} bytes; needs ${depends.length}`);
}
