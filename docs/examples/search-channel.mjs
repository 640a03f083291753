// Finds packages of a channel.
// node docs/examples/search-channel.mjs CHANNEL SPEC
import { searchPackages } from 'tconda';

const [channel = 'conda-forge', spec = 'zlib>=1.3'] = process.argv.slice(2);
for (const { name, version, build, url } of await searchPackages(spec, { channels: [channel] })) {
  console.log(`${name} ${version} ${build} ${url}`);
}
