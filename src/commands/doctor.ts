import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { loadPrefix } from '../record/index.ts';
import type { CommandSpec, Context } from './command.ts';
import { channelNamer, notAnEnvironment } from './environment.ts';
import { brokenRecords, checkHealth, type Finding } from './health-checks.ts';
import { fixHealth, fixUnfinished } from './health-fixes.ts';
import { isSet } from './option-values.ts';
import { ownGroups } from './installing-options.ts';
import { networkOptions, targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const doctor: CommandSpec = {
  summary: 'Check the health of an environment',
  description:
    'Looks for files of packages that are missing or were altered, dependencies that are not met, and files that belong ' +
    'to no package. With --fix it ends changes that were cut off, links packages again whose files are missing or were ' +
    'altered, installs dependencies that are not met, and removes what pip installed over a package; files of nobody stay. ' +
    'NAMES choose among the checks.',
  operands: ['[names...]'],
  options: [
    targetOptions,
    {
      heading: 'Checks',
      options: [
        { flags: '--list', description: 'list the checks' },
        { flags: '--fix', description: 'mend what can be mended', aliases: ['--heal'] },
        { flags: '--override-frozen', description: 'mend an environment that is marked as frozen too' },
      ],
    },
    ...ownGroups([networkOptions]),
  ],
  examples: [
    'tconda doctor -n myenv',
    'tconda doctor -n myenv --fix',
    'tconda doctor -n myenv missing-files',
  ],
  async run(names, options, context) {
    if (isSet(options, 'list')) {
      return { kind: 'output', json: CHECKS, lines: CHECKS };
    }
    const unknown = names.find((name) => !CHECKS.includes(name));
    if (unknown !== undefined) {
      throw new TcondaError('USAGE', `There is no check '${unknown}'`, {
        hint: 'List them: tconda doctor --list',
      });
    }
    const config = await loadSettings(options, context);
    const done: string[] = [];
    if (isSet(options, 'fix')) {
      if ((await findUnfinishedIn(config.targetPrefix)).length > 0) {
        done.push(...(await fixUnfinished(config.targetPrefix, context)));
      }
      const before = await examine(names, config, context);
      done.push(...(await fixHealth(before.installed, before, config, context)));
    }
    const { installed, findings } = await examine(names, config, context);
    return {
      kind: 'output',
      json: {
        prefix: installed.prefix,
        checks: findings.map(({ name, problems }) => ({
          name,
          ok: problems.length === 0,
          problems: problems.map(([title, details]) => ({ package: title, details })),
        })),
        ...(isSet(options, 'fix') && { fixed: done }),
      },
      lines: [
        ...(done.length > 0 ? [...done, ''] : []),
        `Environment Health Report for: ${installed.prefix}`,
        '',
        ...findings.flatMap((finding) => linesOf(finding)),
      ],
    };
  },
};

const CHECKS = [
  'altered-files',
  'consistency',
  'environment-txt',
  'file-locking',
  'missing-files',
  'pinned',
  'pip-clobbers',
  'records',
  'unfinished',
  'untracked-files',
];

async function findUnfinishedIn(prefix: string): Promise<readonly string[]> {
  const { findUnfinished } = await import('../doctor/index.ts');
  return await findUnfinished(prefix);
}

async function examine(
  names: readonly string[],
  config: LoadedConfig,
  context: Context,
): Promise<{
  readonly installed: PrefixData;
  readonly findings: readonly Finding[];
  readonly broken: readonly TcondaError[];
}> {
  const broken: TcondaError[] = [];
  const installed = await loadPrefix(config.targetPrefix, {
    channelName: channelNamer(config, context.host),
    onBroken: (error) => broken.push(error),
  });
  if (!installed.exists && installed.prefix !== config.get('root_prefix')) {
    throw notAnEnvironment(installed.prefix);
  }
  const found = await checkHealth(installed, config, context, names);
  // Whose files are whose nobody knows where records can't be read.
  const isUnknown = broken.length > 0 && names.length === 0;
  const findings = found.filter(({ name }) => !isUnknown || name !== 'untracked-files');
  return {
    installed,
    findings: broken.length === 0 ? findings : [...findings, brokenRecords(broken)],
    broken,
  };
}

function linesOf({ good, bad, problems, shown = Infinity }: Finding): readonly string[] {
  if (problems.length === 0) return [`✅ ${good}`, ''];
  const linesOfDetails = (details: readonly string[]): readonly string[] =>
    details.length <= shown
      ? details
      : [...details.slice(0, shown), `... and ${details.length - shown} more: tconda doctor untracked-files`];
  return [
    `❌ ${bad}:`,
    '',
    ...problems.flatMap(([title, details]) => [
      `${title}:`,
      ...linesOfDetails(details).map((detail) => `  ${detail}`),
    ]),
    '',
  ];
}
