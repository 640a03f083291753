import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { measure, measureMany } from '../../lib/measure.mjs';
import { serveChannel } from '../../lib/serve-channel.mjs';
import { countFiles, patchedFiles } from './files.mjs';
import { LINKING, measureLinking } from './linking.mjs';
import { createPutAway } from './put-away.mjs';
import { findTools } from './tools.mjs';

/**
 * @typedef {import('../install.mjs').Row} Row
 * @typedef {import('./tools.mjs').Tool} Tool
 */

/**
 * @param {{ name: string, directory: string, create: string[], update: { from: string[], to: string[] } }} channel
 * @param {string} work
 * @param {number} repeat
 */
export async function measureChannel(channel, work, repeat) {
  /** @type {Row[]} */
  const rows = [];
  const server = await serveChannel(channel.directory);
  const home = path.join(work, channel.name);
  mkdirSync(home);
  const putAway = createPutAway(home);
  const tools = findTools(home, putAway);
  const prefix = path.join(home, 'prefix');
  const saved = `${prefix}.saved`;
  try {
    /** @type {(tool: Tool, what: string, line: readonly string[], prepare: () => void | Promise<void>, against?: string) => Promise<void>} */
    const note = async (tool, what, line, prepare, against) => {
      const { seconds, best, cpu, megabytes } = await measureMany(() => line, {
        env: tool.env,
        repeat,
        prepare,
      });
      rows.push({
        ...{ channel: channel.name, what, tool: tool.name, seconds, best, cpu, megabytes, files },
        ...(against !== undefined && { against }),
      });
      process.stderr.write('.');
    };
    const clear = () => putAway(prefix);
    let files = 0;
    for (const tool of tools) {
      const create = tool.command('create', prefix, server.url, channel.create);
      await measure(create, tool.env);
      files = await countFiles(prefix);
      await note(tool, 'warm create', create, clear);
      if (tool.name === 'tconda') {
        await note(tool, 'warm create --no-pyc', [...create, '--no-pyc'], clear);
        const seconds = await measureLinking([...create, '--no-pyc'], tool.env, repeat, clear);
        rows.push({ ...rows.at(-1), what: LINKING, ...seconds, cpu: Number.NaN, megabytes: Number.NaN });
        const copy = ['cp', '-rl', saved, prefix];
        renameSync(prefix, saved);
        const against = 'warm create --no-pyc';
        await note({ ...tool, name: 'cp -rl' }, 'the same files', copy, clear, against);
        const list = `${saved}.patched`;
        writeFileSync(list, patchedFiles(saved).join('\0'));
        // What names its prefix must be a file of its own.
        const script =
          'cp -rl "$0" "$1" && cd "$0" && xargs -0 -a "$2" cp --remove-destination --parents -t "$1"';
        const both = ['sh', '-c', script, saved, prefix, list];
        await note({ ...tool, name: 'cp -rl, cp' }, 'the same, patched ones copied', both, clear, against);
        const remove = ['rm', '-rf', prefix];
        const prepare = async () => {
          clear();
          await measure(copy, tool.env);
        };
        await note({ ...tool, name: 'rm -rf' }, 'the same files', remove, prepare, 'remove');
        putAway(saved);
      }
      await note(tool, 'cold create', create, () => {
        clear();
        tool.reset();
      });
      clear();
      await measure(tool.command('create', prefix, server.url, channel.update.from), tool.env);
      renameSync(prefix, saved);
      const restore = () => {
        clear();
        // Only what lies in conda-meta is ever written to.
        execFileSync('cp', ['-rl', saved, prefix]);
        rmSync(path.join(prefix, 'conda-meta'), { recursive: true });
        execFileSync('cp', ['-r', path.join(saved, 'conda-meta'), prefix]);
      };
      const update = tool.command('install', prefix, server.url, channel.update.to);
      restore();
      await measure(update, tool.env);
      await note(tool, 'update', update, restore);
      await note(
        tool,
        'remove',
        tool.command('remove', prefix, server.url, channel.update.from.map(nameOf)),
        restore,
      );
      clear();
      putAway(saved);
    }
  } finally {
    server.stop();
  }
  process.stderr.write('\n');
  return rows;
}

/** @param {string} spec */
function nameOf(spec) {
  return spec.replace(/=.*/, '');
}
