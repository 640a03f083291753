import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { parseArguments } from '../../src/cli/parse-arguments.ts';
import type { CommandSpec, Context } from '../../src/commands/command.ts';
import { globalOptions } from '../../src/commands/options.ts';
import { currentHost, type Host } from '../../src/host/index.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import { makeStyle } from '../../src/report/style.ts';

/** What a command that changes nothing would do. */
export interface DryRun {
  /** `numpy-1.26-py312_0`, sorted. */
  readonly links: readonly string[];
  readonly unlinks: readonly string[];
  readonly warnings: readonly string[];
  readonly notice: string | undefined;
}

/** A home directory for commands that are run in this process. */
export interface DryHome {
  readonly directory: string;
  /** Writes `.condarc`. */
  settings(text: string): void;
  /** Makes an environment `e` that holds these, without any file of theirs. */
  install(records: readonly PrefixRecord[], files?: Readonly<Record<string, string>>): void;
  /** Runs a command with `--dry-run`, on the environment `e` or a new one. */
  run(command: CommandSpec, ...args: readonly string[]): Promise<DryRun>;
  dispose(): void;
}

interface Dist {
  readonly dist_name: string;
}

/** A home with one environment, in which commands plan and change nothing. */
export function createDryHome(host: Partial<Host> = {}): DryHome {
  const directory = mkdtempSync(path.join(tmpdir(), 'tconda-dry-'));
  const prefix = path.join(directory, 'root/envs/e');
  const env = { TCONDA_ROOT_PREFIX: path.join(directory, 'root'), HOME: directory };
  const all: Host = {
    ...currentHost(),
    platform: 'linux',
    arch: 'x64',
    home: directory,
    cwd: directory,
    env,
    ...host,
  };
  return {
    directory,
    settings: (text) => writeFileSync(path.join(directory, '.condarc'), text),
    install(records, files = {}) {
      const folder = path.join(prefix, 'conda-meta');
      mkdirSync(folder, { recursive: true });
      const contents = {
        history: '',
        ...Object.fromEntries(
          records.map((one) => [`${one.name}-${one.version}-${one.build}.json`, JSON.stringify(one)]),
        ),
        ...files,
      };
      for (const [name, text] of Object.entries(contents)) writeFileSync(path.join(folder, name), text);
    },
    async run(command, ...args) {
      const line = ['--dry-run', '--json', '-p', prefix, ...args];
      const parsed = parseArguments('tconda', command, globalOptions, line);
      if (parsed.kind === 'help') throw new Error('help');
      const warnings: string[] = [];
      const report = (event: ProgressEvent): void => {
        if (event.kind === 'warning') warnings.push(event.text);
      };
      const context: Context = {
        host: all,
        global: { json: true, quiet: false, verbosity: 0 },
        style: makeStyle(false),
        adopt: () => undefined,
        commandLine: line,
        signal: new AbortController().signal,
        report,
        say: () => undefined,
        warn: (text) => warnings.push(text),
        ask: () => Promise.resolve(true),
      };
      const result = await command.run(parsed.operands, parsed.values, context);
      if (result.kind === 'exec') throw new Error('exec');
      const json = result.json as { readonly actions?: { readonly LINK?: Dist[]; readonly UNLINK?: Dist[] } };
      const names = (dists: readonly Dist[] = []): readonly string[] =>
        dists.map((each) => each.dist_name).toSorted();
      return {
        links: names(json.actions?.LINK),
        unlinks: names(json.actions?.UNLINK),
        warnings,
        notice: result.notice,
      };
    },
    dispose: () => rmSync(directory, { recursive: true, force: true }),
  };
}
