// Makes a package and a channel of it, and finds it there.
// node docs/examples/own-channel.mjs DIRECTORY
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { createPackage, indexChannel, searchPackages } from 'tconda';

const channel = path.resolve(process.argv[2] ?? './channel');
const tree = path.join(channel, 'build', 'hello');
await mkdir(path.join(tree, 'share'), { recursive: true });
await writeFile(path.join(tree, 'share', 'hello.txt'), 'Hello!\n');
const { file } = await createPackage({
  tree,
  outputDirectory: path.join(channel, 'noarch'),
  index: { name: 'hello', version: '1.0', build: '0', build_number: 0, subdir: 'noarch', noarch: 'generic' },
});
console.log(path.relative(channel, file));

await indexChannel(channel);
const [found] = await searchPackages('hello', { channels: [channel], configFiles: [] });
console.log(`${found?.name} ${found?.version} of ${found?.size} bytes`);
