// Loaded into the program before it starts (node --import): kills it, for good, before the `KILL_AT`th call that changes something
// below `KILL_BELOW`. With `KILL_LOG` it kills nothing and writes down what it would have counted.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const CHANGING =
  `linkSync renameSync mkdirSync rmdirSync rmSync unlinkSync symlinkSync writeFileSync appendFileSync writeSync
  fsyncSync chmodSync copyFileSync utimesSync truncateSync cpSync`.split(/\s+/);
const PROMISED = ['link', 'open', 'rename', 'rm', 'unlink'];
const { KILL_AT = '0', KILL_BELOW = '/', KILL_LOG } = process.env;
const at = Number(KILL_AT);
const ours = new Set();
let count = 0;

const isOurs = (subject) =>
  typeof subject === 'number' ? ours.has(subject) : String(subject).startsWith(KILL_BELOW);

const watch = (table, name) => {
  const original = table[name];
  table[name] = (...args) => {
    if (isOurs(args[0]) || isOurs(args[1])) {
      count += 1;
      if (KILL_LOG !== undefined) fs.appendFileSync.original(KILL_LOG, `${name} ${String(args[0])}\n`);
      else if (count === at) process.kill(process.pid, 'SIGKILL');
    }
    return original.apply(table, args);
  };
  table[name].original = original;
};
const { openSync, closeSync } = fs;
fs.openSync = (file, ...args) => {
  const descriptor = openSync(file, ...args);
  if (isOurs(file)) ours.add(descriptor);
  return descriptor;
};
fs.closeSync = (descriptor) => {
  ours.delete(descriptor);
  closeSync(descriptor);
};
for (const name of CHANGING) watch(fs, name);
for (const name of PROMISED) watch(fs.promises, name);
syncBuiltinESMExports();
