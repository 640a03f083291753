import { TcondaError } from '../errors.ts';
import type { SolveRequest } from '../model/request.ts';
import type { Fix, Unsolvable } from '../model/solution.ts';
import { formatFix } from './format-fix.ts';

/** The answer "no" as the error that a person reads, with conda's keys for `--json`. */
export function unsolvableError(answer: Unsolvable, request: SolveRequest): TcondaError {
  const { explanation, conflicts, fixes, notFound } = answer;
  const fixLines = formatFixes(fixes);
  const facts = { fixes: fixes.map((fix) => ({ ...fix, text: formatFix(fix) })) };
  const packages = notFound.length > 0 ? notFound.map(({ spec }) => spec) : findUnmatched(answer, request);
  if (packages.length === 0) {
    return new TcondaError('UNSATISFIABLE', [...explanation, ...fixLines].join('\n'), {
      data: { problems: conflicts, explanation, ...facts },
    });
  }
  const urls = request.channels.map(({ baseUrl }) => baseUrl);
  const listed = formatItems(packages);
  const searched = formatItems(urls);
  const near = [...new Set(notFound.flatMap(({ suggestions }) => suggestions))].slice(0, 5);
  const reasons = explanation.length === 0 ? [] : ['', ...explanation];
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : fixes.length > 0
        ? 'Ask for what is there'
        : undefined;
  return new TcondaError(
    'PACKAGES_NOT_FOUND',
    [
      `The following packages are not available from current channels:\n${listed}\n\nCurrent channels:\n${searched}`,
      ...reasons,
      ...fixLines,
    ].join('\n'),
    {
      ...(hint === undefined ? {} : { hint }),
      data: {
        packages,
        packages_formatted: listed,
        channel_urls: urls,
        channels_formatted: searched,
        suggestions: near,
        explanation,
        ...facts,
      },
    },
  );
}

/** Requests that nothing satisfies, if that is all there is to it. The system is no channel. */
function findUnmatched({ conflicts }: Unsolvable, { requested }: SolveRequest): readonly string[] {
  const specs = conflicts.map(([first, ...more]) =>
    first?.kind === 'nothing-provides' && first.source === undefined && more.length === 0 ? first.spec : '',
  );
  const isAsked = (text: string): boolean =>
    requested.some((spec) => spec.text === text && !spec.name.startsWith('__'));
  return specs.every(isAsked) ? [...new Set(specs)] : [];
}

function formatFixes(fixes: readonly Fix[]): readonly string[] {
  if (fixes.length === 0) return [];
  const title = fixes.length === 1 ? 'This would work:' : 'These would work:';
  return ['', title, ...fixes.map((fix) => `  - ${formatFix(fix)}`)];
}

function formatItems(items: readonly string[]): string {
  return items.map((item) => `\n  - ${item}`).join('');
}
