// Which tconda the action runs: a given one, a published one, or the one of the action's own checkout.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

import { hashOf } from '../scripts/lib/inputs.mjs';

const ROOT = path.join(import.meta.dirname, '..');
const OWN = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
/** What the program is made of. */
const SOURCES = ['src', 'native', 'scripts', 'LICENSE', 'package.json', 'package-lock.json'];

/** @typedef {(program: readonly string[], args: readonly string[]) => string} Run */

/**
 * @typedef {object} Place
 * @property {'given' | 'published' | 'built'} kind
 * @property {string} folder that holds it and can be kept between runs; empty for one that is given
 * @property {string} key another for each content of the folder
 */

/**
 * Where the program is, or will be.
 * @param {Readonly<Record<string, string>>} inputs
 * @param {string} tools the folder in which the runner keeps programs
 * @returns {Place}
 */
export function placeOfProgram(inputs, tools) {
  if ((inputs['program'] ?? '') !== '') return { kind: 'given', folder: '', key: 'given' };
  const version = inputs['version'] ?? '';
  if (!/^[\w.+-]*$/.test(version)) throw new Error(`version: '${version}' is none`);
  const [kind, key] =
    version === ''
      ? /** @type {const} */ (['built', hashOf(SOURCES).slice(0, 16)])
      : /** @type {const} */ (['published', version]);
  return { kind, folder: path.join(tools, OWN.name, key), key };
}

/**
 * The command to call it by. What is not there yet is installed, or built.
 * @param {Readonly<Record<string, string>>} inputs
 * @param {string} tools
 * @param {Run} run
 * @returns {readonly string[]}
 */
export function provideProgram(inputs, tools, run) {
  const place = placeOfProgram(inputs, tools);
  if (place.kind === 'given') return callOf(inputs['program'] ?? '');
  if (place.kind === 'published') return published(place, run);
  const bin = path.join(place.folder, String(Object.values(OWN.bin)[0]));
  if (!existsSync(bin)) build(place.folder, run);
  return callOf(bin);
}

/** @param {string} program */
function callOf(program) {
  return /\.[cm]?js$/.test(program) ? [process.execPath, program] : [program];
}

/**
 * @param {Place} place
 * @param {Run} run
 */
function published({ folder, key }, run) {
  const installed = path.join(folder, 'node_modules', OWN.name);
  if (!existsSync(installed)) {
    mkdirSync(folder, { recursive: true });
    run(
      ['npm'],
      ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `${OWN.name}@${key}`],
    );
  }
  const { bin } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8'));
  return callOf(path.join(installed, String(Object.values(bin ?? OWN.bin)[0])));
}

/**
 * Builds the checkout and keeps what runs of it: complete or not at all.
 * @param {string} folder
 * @param {Run} run
 */
function build(folder, run) {
  run([process.execPath], [path.join(ROOT, 'scripts/bootstrap.mjs'), '--program']);
  const beside = `${folder}.${process.pid}`;
  cpSync(path.join(ROOT, 'dist'), path.join(beside, 'dist'), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  try {
    renameSync(beside, folder);
  } catch (error) {
    // Another job on this machine may have been sooner.
    rmSync(beside, { recursive: true, force: true });
    if (!existsSync(path.join(folder, String(Object.values(OWN.bin)[0])))) throw error;
  }
}
