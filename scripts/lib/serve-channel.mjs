import { spawn } from 'node:child_process';
import path from 'node:path';

import { ROOT } from './run.mjs';

/**
 * Serves a channel over loopback. The server is a process of its own, so that its work is not counted.
 * @param {string} directory
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export function serveChannel(directory) {
  const cli = path.join(ROOT, 'dist/cli.cjs');
  const child = spawn(process.execPath, [cli, 'serve', directory, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const url = /at (http:\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve({ url, stop: () => child.kill() });
    });
  });
}
