import { checkHealth, type Finding } from './health-checks.ts';
import type { CommandSpec } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { isSet } from './option-values.ts';
import { targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const doctor: CommandSpec = {
  summary: 'Check the health of an environment',
  description:
    'Looks for files of packages that are missing or were altered, dependencies that are not met, and files that belong ' +
    'to no package. NAMES choose among the checks.',
  operands: ['[names...]'],
  options: [
    targetOptions,
    {
      heading: 'Checks',
      options: [
        { flags: '--list', description: 'list the checks' },
        {
          flags: '--fix',
          description: 'mend what is wrong',
          hidden: true,
          aliases: ['--heal'],
          refused: 'install --force-reinstall mends the packages that you name',
        },
        {
          flags: '--override-frozen',
          description: 'nothing',
          hidden: true,
          noEffect: 'nothing is changed',
        },
      ],
    },
  ],
  examples: ['tconda doctor -n myenv', 'tconda doctor -n myenv missing-files'],
  async run(names, options, context) {
    if (isSet(options, 'list')) {
      return { kind: 'output', json: CHECKS, lines: CHECKS };
    }
    const config = await loadSettings(options, context);
    const installed = await loadEnvironmentOf(config, context);
    const findings = await checkHealth(installed, config, context, names);
    return {
      kind: 'output',
      json: {
        prefix: installed.prefix,
        checks: findings.map(({ name, problems }) => ({
          name,
          ok: problems.length === 0,
          problems: problems.map(([title, details]) => ({ package: title, details })),
        })),
      },
      lines: [
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
  'missing-files',
  'pinned',
  'untracked-files',
];

function linesOf({ good, bad, problems }: Finding): readonly string[] {
  if (problems.length === 0) return [`✅ ${good}`, ''];
  return [
    `❌ ${bad}:`,
    '',
    ...problems.flatMap(([title, details]) => [`${title}:`, ...details.map((detail) => `  ${detail}`)]),
    '',
  ];
}
