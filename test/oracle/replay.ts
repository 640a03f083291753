import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { startServer } from '../helpers/server.ts';
import { WORK_FILES } from './work-files.ts';

/** The machine of the recordings: one folder, and one server of channels. */
const RECORDED_FOLDER = '/oracle';
const RECORDED_SERVER = '127.0.0.1:8765';

export interface Replayed {
  readonly exitCode: number | null;
  /** With the folder and the server of the recordings in place of ours. */
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine like that of the recordings, where `conda` is tconda. */
export interface Machine {
  readonly run: (command: string) => Promise<Replayed>;
  /** Runs it at a terminal that can't redraw, and types an answer to each question. */
  readonly runAtTerminal: (command: string, answers: readonly string[]) => Promise<Replayed>;
  readonly close: () => Promise<void>;
}

/** @param cli the built command line; @param oracle the folder of the recordings, for its channels */
export async function startMachine(cli: string, oracle: string): Promise<Machine> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tconda-oracle-')));
  const at = (...parts: readonly string[]): string => path.join(folder, ...parts);
  // The recorded server also had its channels behind a token.
  const channels = path.join(oracle, 'channels');
  for (const below of ['served', 'served/t/tk-1234']) {
    mkdirSync(at(below), { recursive: true });
    for (const name of readdirSync(channels)) symlinkSync(path.join(channels, name), at(below, name));
  }
  const server = await startServer(at('served'));
  const { host } = new URL(server.url);
  for (const name of ['bin', 'home', 'root', 'tmp', 'work']) mkdirSync(at(name));
  symlinkSync(path.join(oracle, 'channels'), at('channels'));
  // Installed in a base environment, as conda is.
  mkdirSync(at('root', 'conda-meta'));
  writeFileSync(at('root', 'conda-meta', 'history'), '');
  writeFileSync(at('bin', 'conda'), `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`);
  chmodSync(at('bin', 'conda'), 0o755);
  writeFileSync(at('home', '.condarc'), `channel_alias: ${server.url}\nchannels:\n  - mini\n`);
  for (const [name, text] of Object.entries(WORK_FILES)) writeFileSync(at('work', name), text);

  const toOurs = (text: string): string =>
    text.replaceAll(`${RECORDED_FOLDER}/`, `${folder}/`).replaceAll(RECORDED_SERVER, host);
  const toRecorded = (text: string): string =>
    text.replaceAll(at('tmp'), '/tmp').replaceAll(folder, RECORDED_FOLDER).replaceAll(host, RECORDED_SERVER);
  const env = {
    PATH: `${at('bin')}:/usr/local/bin:/usr/bin:/bin`,
    HOME: at('home'),
    TMPDIR: at('tmp'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    CONDA_EXE: at('root', 'bin', 'conda'),
  };

  const asRecorded = (ran: Replayed): Replayed => ({
    ...ran,
    stdout: toRecorded(ran.stdout),
    stderr: toRecorded(ran.stderr),
  });
  return {
    run: async (command) => asRecorded(await runShell(toOurs(command), at('work'), env)),
    runAtTerminal: async (command, answers) => {
      const words = ['-q', '-e', '-f', '-c', toOurs(command), '/dev/null'];
      const terminal = { file: 'script', words, answers };
      return asRecorded(await runShell('', at('work'), { ...env, TERM: 'dumb' }, terminal));
    },
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface AtTerminal {
  readonly file: string;
  readonly words: readonly string[];
  readonly answers: readonly string[];
}

function runShell(
  command: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
  { file, words, answers }: AtTerminal = { file: '/bin/sh', words: ['-c', command], answers: [] },
): Promise<Replayed> {
  return new Promise((resolve, reject) => {
    const stdin = answers.length > 0 ? 'pipe' : 'ignore';
    const child = spawn(file, words, { cwd, env, stdio: [stdin, 'pipe', 'pipe'] });
    const rest = [...answers];
    let [stdout, stderr] = ['', ''];
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const answer = stdout.endsWith(')? ') ? rest.shift() : undefined;
      if (answer !== undefined) child.stdin?.write(`${answer}\n`);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
