import type { GlobalOptions } from '../commands/command.ts';
import type { Host } from '../host/index.ts';

/** What a command line and its variables ask for before anybody has read it, so that what is wrong with it is told of in that form. */
export function wantsJson(
  argv: readonly string[],
  { env }: Pick<Host, 'env'>,
): Required<Pick<GlobalOptions, 'json' | 'events'>> {
  const end = argv.indexOf('--');
  const options = argv.slice(0, end < 0 ? undefined : end);
  const events = options.some((option) => option === '--json=events' || option === '--json-events');
  const isOption = options.some(
    (option, index) =>
      /^--json(?:=|$)/.test(option) ||
      option === '--console=json' ||
      (option === 'json' && options[index - 1] === '--console'),
  );
  const variable = env['TCONDA_JSON'] ?? env['CONDA_JSON'] ?? '';
  return { json: events || isOption || /^(?:true|yes|on|y|[1-9]\d*)$/i.test(variable), events };
}
