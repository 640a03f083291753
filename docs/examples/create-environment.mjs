// Makes an environment, adds a package to it and takes one away.
// node docs/examples/create-environment.mjs CHANNEL PREFIX SPEC...
import { createEnvironment, installPackages, loadPrefix, removePackages } from 'tconda';

const [channel = 'conda-forge', prefix = './env', first = 'zlib', ...more] = process.argv.slice(2);
const channels = [channel];

const created = await createEnvironment({ prefix, channels, specs: [first] });
console.log(`${created.kind}: ${created.transaction.operations.length} packages`);

for (const spec of more) await installPackages({ prefix, channels, specs: [spec] });
for (const spec of more) await removePackages({ prefix, channels, specs: [spec] });

const { records } = await loadPrefix(created.transaction.prefix);
for (const { name, version } of records) console.log(`${name} ${version}`);
