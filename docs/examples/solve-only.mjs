// Says what an environment would hold, also on another platform, and why one can't be had.
// node docs/examples/solve-only.mjs CHANNEL PLATFORM SPEC...
import { solve, TcondaError } from 'tconda';

const [channel = 'conda-forge', platform = 'linux-64', ...specs] = process.argv.slice(2);
try {
  const records = await solve({ channels: [channel], platform, specs });
  for (const { name, version, build } of records) console.log(`${name} ${version} ${build}`);
} catch (error) {
  if (!(error instanceof TcondaError)) throw error;
  console.log(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
