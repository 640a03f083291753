// Whose code the build holds, and under which terms.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from './run.mjs';

/**
 * The licences of the packages that went into a build, and of the solver.
 * @param {Iterable<string>} inputs paths of the files that were bundled, relative to the project
 * @returns {string}
 */
export function thirdPartyLicences(inputs) {
  /** @type {Set<string>} */
  const folders = new Set();
  for (const input of inputs) {
    const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    if (folder !== undefined) folders.add(folder);
  }
  const parts = [...folders].toSorted(byName).map(describe);
  return `What is bundled with tconda, and its licences.\n\n${[...parts, solver()].join(RULE)}`;
}

const byName = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : Number(a > b));

const RULE = `\n${'-'.repeat(80)}\n\n`;

/** @param {string} folder */
function describe(folder) {
  const directory = path.join(ROOT, folder);
  const { name, version, license } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  const file = readdirSync(directory).find((entry) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(path.join(directory, file), 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}

/** libsolv has the terms of this project, under its own name. */
function solver() {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'native/libsolv.json'), 'utf8'));
  const terms = readFileSync(path.join(ROOT, 'LICENSE'), 'utf8').replace(
    /^Copyright .*$/m,
    'Copyright (c) 2007-2024 Novell Inc., SUSE LLC and the other authors of libsolv',
  );
  return `libsolv ${version} (BSD-3-Clause), as libsolv.wasm\n\n${terms.trim()}\n`;
}
