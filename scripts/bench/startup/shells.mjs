import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { middle, run } from './timing.mjs';

/**
 * Time of what stands in the start file, measured within the shell over many readings; and processes, which strace counts.
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 * @returns {readonly import('../startup.mjs').Row[]}
 */
export function measureShells(home, env) {
  const times = 200;
  const shells = [
    {
      name: 'bash',
      loop: `for i in {1..${times}}; do PATH=/usr/bin:/bin; unset CONDA_PREFIX; . ~/.bashrc; done; [ "$CONDA_DEFAULT_ENV" = base ]`,
      empty: `for i in {1..${times}}; do PATH=/usr/bin:/bin; unset CONDA_PREFIX; done`,
    },
    {
      name: 'zsh',
      loop: `for i in {1..${times}}; do PATH=/usr/bin:/bin; unset CONDA_PREFIX; . ~/.zshrc; done; [ "$CONDA_DEFAULT_ENV" = base ]`,
      empty: `for i in {1..${times}}; do PATH=/usr/bin:/bin; unset CONDA_PREFIX; done`,
    },
    {
      name: 'fish',
      loop: `for i in (seq ${times}); set -gx PATH /usr/bin /bin; set -e CONDA_PREFIX; source ~/.config/fish/config.fish; end; test "$CONDA_DEFAULT_ENV" = base`,
      empty: `for i in (seq ${times}); set -gx PATH /usr/bin /bin; set -e CONDA_PREFIX; end; true`,
    },
  ];
  return shells
    .filter(({ name }) => spawnSync(name, ['-c', 'exit 0']).status === 0)
    .flatMap(({ name, loop, empty }) => {
      const plain =
        name === 'bash' ? ['--norc', '-c'] : name === 'zsh' ? ['-f', '-c'] : ['--no-config', '-c'];
      const rounds = Array.from(
        { length: 5 },
        () => run(name, [...plain, loop], env) - run(name, [...plain, empty], env),
      );
      const each = rounds.map((time) => time / times);
      const row = { milliseconds: middle(each), best: Math.min(...each) };
      const started = countProcesses(name, 'true\n', home, env);
      const moved = countProcesses(
        name,
        `${'cd ~/a/b\ntrue\ncd ~/a\ntrue\ncd ~\ntrue\n'.repeat(3)}`,
        home,
        env,
      );
      return [
        {
          what: `${name} reads its hook and enters the base`,
          ...row,
          ...(started === undefined ? {} : { processes: started }),
          target: '< 3 ms, 0',
        },
        ...(moved === undefined
          ? []
          : [
              {
                what: `${name}: cd nine times`,
                milliseconds: Number.NaN,
                best: Number.NaN,
                processes: moved,
                target: '0',
              },
            ]),
      ];
    });
}

/**
 * How many processes and programs an interactive shell starts with the hook, beyond those it starts without.
 * @param {string} name
 * @param {string} input
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 */
function countProcesses(name, input, home, env) {
  if (spawnSync('strace', ['-V']).status !== 0) return undefined;
  const count = (/** @type {readonly string[]} */ args) => {
    const log = path.join(home, 'strace.log');
    const words = [
      '-f',
      '-qq',
      '-e',
      'trace=execve,fork,vfork,clone,clone3',
      '-e',
      'signal=none',
      '-o',
      log,
      name,
      ...args,
    ];
    spawnSync('strace', words, { env, cwd: home, input, stdio: ['pipe', 'ignore', 'ignore'] });
    const lines = readFileSync(log, 'utf8').split('\n');
    // A thread of the shell itself is no process.
    return lines.filter((line) => / (execve|v?fork|clone3?)\(/.test(line) && !line.includes('CLONE_THREAD'))
      .length;
  };
  const without = name === 'bash' ? ['--norc', '-i'] : name === 'zsh' ? ['-f', '-i'] : ['--no-config', '-i'];
  return count(['-i']) - count(without);
}
