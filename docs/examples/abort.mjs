// Gives up after a while. The environment is then the old one, or there is none.
// node docs/examples/abort.mjs CHANNEL PREFIX MILLISECONDS SPEC...
import { existsSync } from 'node:fs';

import { createEnvironment } from 'tconda';

const [channel = 'conda-forge', prefix = './env', patience = '1000', ...specs] = process.argv.slice(2);
const signal = AbortSignal.timeout(Number(patience));
try {
  await createEnvironment({ prefix, channels: [channel], specs, signal });
  console.log('done in time');
} catch (error) {
  if (!signal.aborted) throw error;
  console.log(`gave up; the environment ${existsSync(prefix) ? 'is there' : 'is not there'}`);
}
