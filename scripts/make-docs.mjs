#!/usr/bin/env node
// Writes what the declarations of commands and errors say into docs/: a page and a man page for each command, the exit
// codes, the options without effect, and the list of man pages in package.json. With --check nothing is written; it ends with 1 where a file is not what it would be.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

import { commandPage, manPage, programManPage } from './docs/command-page.mjs';
import { exitCodePage } from './docs/exit-code-page.mjs';
import { elsewhereTable, optionTables, settingTable } from './docs/option-tables.mjs';
import { outputDifferences } from './docs/output-differences.mjs';
import { ROOT } from './lib/run.mjs';

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });

const bundle = path.join(ROOT, 'node_modules/.cache/tconda/docs/declarations.mjs');
mkdirSync(path.dirname(bundle), { recursive: true });
await build({
  stdin: {
    contents: `
      export { COMMANDS } from './src/commands/table.ts';
      export { ELSEWHERE } from './src/commands/table/elsewhere.ts';
      export { globalOptions } from './src/commands/options.ts';
      export { SETTINGS } from './src/config/settings.ts';
      export { ERRORS } from './src/errors.ts';
      export { TOOL } from './src/model/tool.ts';`,
    resolveDir: ROOT,
    loader: 'ts',
  },
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  mainFields: ['module', 'main'],
  external: ['zstd-napi'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
const { COMMANDS, ELSEWHERE, globalOptions, ERRORS, SETTINGS, TOOL } = await import(
  pathToFileURL(bundle).href
);

/** @type {Map<string, string>} */
const files = new Map();
const commands = await flatten(COMMANDS, []);
for (const { path: words, spec } of commands) {
  const name = ['tconda', ...words].join('-');
  files.set(`docs/commands/${words.join('-')}.md`, commandPage(words, spec, globalOptions));
  files.set(`docs/man/${name}.1`, manPage(words, spec, globalOptions, TOOL.version));
}
files.set('docs/man/tconda.1', programManPage(commands, globalOptions, TOOL));
files.set('docs/commands/README.md', index(COMMANDS));
files.set('docs/exit-codes.md', exitCodePage(ERRORS));
const START = '<!-- options: written by make-docs -->';
const END = '<!-- end of options -->';
const compatibility = readFileSync(path.join(ROOT, 'docs/compatibility.md'), 'utf8');
const [before = '', rest = ''] = compatibility.split(START);
const after = rest.split(END)[1] ?? '\n';
files.set(
  'docs/compatibility.md',
  [
    before.trimEnd(),
    START,
    outputDifferences(path.join(ROOT, 'test/oracle/plan.json')),
    optionTables(commands, globalOptions),
    elsewhereTable(ELSEWHERE),
    settingTable(SETTINGS),
    `${END}${after}`,
  ].join('\n\n'),
);

// npm puts those named one by one where man finds them.
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
manifest.man = [...files.keys()].filter((file) => file.startsWith('docs/man/')).toSorted();
files.set('package.json', `${JSON.stringify(manifest, undefined, 2)}\n`);

const config = (await resolveConfig(path.join(ROOT, 'docs/commands/README.md'))) ?? {};
let stale = 0;
for (const [file, text] of files) {
  const target = path.join(ROOT, file);
  const content = file.endsWith('.md') ? await format(text, { ...config, parser: 'markdown' }) : text;
  if (existsSync(target) && readFileSync(target, 'utf8') === content) continue;
  stale += 1;
  if (values.check) {
    process.stdout.write(`${file} is not what the declarations say; run npm run docs\n`);
  } else {
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}
for (const folder of ['docs/commands', 'docs/man']) {
  for (const name of existsSync(path.join(ROOT, folder)) ? readdirSync(path.join(ROOT, folder)) : []) {
    if (files.has(`${folder}/${name}`)) continue;
    stale += 1;
    if (values.check) process.stdout.write(`${folder}/${name} belongs to no command\n`);
    else rmSync(path.join(ROOT, folder, name));
  }
}
if (!values.check) process.stdout.write(`docs: ${files.size} files, ${stale} changed\n`);
process.exitCode = values.check && stale > 0 ? 1 : 0;

/**
 * Every command that can be called and is not hidden, in the order of the help.
 * @param {readonly any[]} entries
 * @param {readonly string[]} words
 * @returns {Promise<{ path: string[]; spec: any }[]>}
 */
async function flatten(entries, words) {
  const found = [];
  for (const entry of entries) {
    if (entry.hidden === true) continue;
    const at = [...words, entry.name];
    if (entry.load !== undefined) found.push({ path: at, spec: await entry.load() });
    found.push(...(await flatten(entry.commands ?? [], at)));
  }
  return found;
}

/**
 * @param {readonly any[]} entries
 * @param {readonly string[]} words
 * @returns {string}
 */
function index(entries, words = []) {
  const lines = entries
    .filter((entry) => entry.hidden !== true)
    .flatMap((entry) => {
      const at = [...words, entry.name];
      const name = `\`tconda ${at.join(' ')}\``;
      const shown = entry.load === undefined ? name : `[${name}](${at.join('-')}.md)`;
      const below = index(entry.commands ?? [], at);
      return [`${'  '.repeat(words.length)}- ${shown}: ${entry.summary}`, ...(below === '' ? [] : [below])];
    });
  return words.length > 0 ? lines.join('\n') : `# Commands\n\n${lines.join('\n')}\n`;
}
