import { TcondaError } from '../errors.ts';
import type { SolveRequest } from '../model/request.ts';
import type { Fix, Unsolvable } from '../model/solution.ts';
import { formatFix } from './format-fix.ts';

/** The answer "no" as the error that a person reads, with conda's keys for `--json`. */
export function unsolvableError(answer: Unsolvable, request: SolveRequest): TcondaError {
  const urls = request.channels.map(({ baseUrl }) => baseUrl);
  if (answer.notFound.length === 0) {
    const { explanation, conflicts, fixes } = answer;
    return new TcondaError('UNSATISFIABLE', [...explanation, ...formatFixes(fixes)].join('\n'), {
      data: {
        problems: conflicts,
        explanation,
        fixes: fixes.map((fix) => ({ ...fix, text: formatFix(fix) })),
      },
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

function formatFixes(fixes: readonly Fix[]): readonly string[] {
  if (fixes.length === 0) return [];
  const title = fixes.length === 1 ? 'This would work:' : 'These would work:';
  return ['', title, ...fixes.map((fix) => `  - ${formatFix(fix)}`)];
}

function formatItems(items: readonly string[]): string {
  return items.map((item) => `\n  - ${item}`).join('');
}
