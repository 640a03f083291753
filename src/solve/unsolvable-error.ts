import { TcondaError } from '../errors.ts';
import type { SolveRequest } from '../model/request.ts';
import type { Unsolvable } from '../model/solution.ts';

/** The answer "no" as the error that a person reads, with conda's keys for `--json`. */
export function unsolvableError(answer: Unsolvable, request: SolveRequest): TcondaError {
  const urls = request.channels.map(({ baseUrl }) => baseUrl);
  if (answer.notFound.length === 0) {
    return new TcondaError('UNSATISFIABLE', answer.explanation.join('\n'), {
      data: { problems: answer.conflicts, explanation: answer.explanation },
    });
  }
  const packages = answer.notFound.map(({ spec }) => spec);
  const listed = formatItems(packages);
  const searched = formatItems(urls);
  const near = [...new Set(answer.notFound.flatMap(({ suggestions }) => suggestions))].slice(0, 5);
  return new TcondaError(
    'PACKAGES_NOT_FOUND',
    `The following packages are not available from current channels:\n${listed}\n\nCurrent channels:\n${searched}`,
    {
      ...(near.length > 0 && { hint: `Did you mean ${near.join(' or ')}?` }),
      data: {
        packages,
        packages_formatted: listed,
        channel_urls: urls,
        channels_formatted: searched,
        suggestions: near,
      },
    },
  );
}

function formatItems(items: readonly string[]): string {
  return items.map((item) => `\n  - ${item}`).join('');
}
