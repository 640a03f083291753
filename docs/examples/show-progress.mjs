// Shows what happens while an environment is made.
// node docs/examples/show-progress.mjs CHANNEL PREFIX SPEC...
import { createEnvironment } from 'tconda';

const [channel = 'conda-forge', prefix = './env', ...specs] = process.argv.slice(2);
let bytes = 0;
await createEnvironment({
  prefix,
  channels: [channel],
  specs,
  onEvent: (event) => {
    switch (event.kind) {
      case 'phase-started':
        console.log(`${event.phase} ...`);
        break;
      case 'planned':
        console.log(`${event.transaction.operations.length} changes`);
        break;
      case 'download-progress':
        bytes += event.bytes;
        break;
      case 'linked':
        console.log(`  ${event.record.name}`);
        break;
      case 'warning':
        console.warn(event.text);
        break;
      default:
    }
  },
});
console.log(bytes > 0 ? 'downloaded what was missing' : 'everything was there');
