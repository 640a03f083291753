import { TcondaError } from '../errors.ts';
import type { Channel } from '../model/channel.ts';
import { formatMatchSpec, parseMatchSpec } from '../model/match-spec-text.ts';
import type { SolveRequest } from '../model/request.ts';
import type { Fix, NotFound, Unsolvable } from '../model/solution.ts';
import { formatFix } from './format-fix.ts';

/** The answer "no" as the error that a person reads, with conda's keys for `--json`. */
export function unsolvableError(answer: Unsolvable, request: SolveRequest): TcondaError {
  const { explanation, conflicts, fixes, notFound } = answer;
  const facts = { fixes: fixes.map((fix) => ({ ...fix, text: formatFix(fix) })) };
  const packages = notFound.length > 0 ? notFound.map(({ spec }) => spec) : findUnmatched(answer, request);
  if (packages.length === 0) {
    return unsatisfiable(answer, request, {
      problems: conflicts,
      explanation,
      ...facts,
      // What conda says of its other solver's second attempt.
      allow_retry: false,
    });
  }
  const urls = request.channels.map(({ baseUrl }) => baseUrl);
  const listed = formatItems(packages);
  const searched = formatItems(urls);
  const near = [...new Set(notFound.flatMap(({ suggestions }) => suggestions))].slice(0, 5);
  const elsewhere = notFound.flatMap(formatElsewhere);
  const said = [...notFound.flatMap(formatRemoved), ...elsewhere, ...explanation];
  const reasons = said.length === 0 ? [] : ['', ...said];
  const [place] = notFound.flatMap(({ subdirs = [] }) => subdirs);
  const hint = [
    ...(near.length > 0 ? [`Did you mean ${near.join(' or ')}?`] : []),
    ...(place === undefined ? [] : [`Ask for that platform: --platform ${place}`]),
    ...formatFixes(fixes),
  ].join('\n\n');
  return new TcondaError(
    'PACKAGES_NOT_FOUND',
    [
      `The following packages are not available from current channels:\n${listed}\n\nCurrent channels:\n${searched}`,
      ...reasons,
    ].join('\n'),
    {
      ...(hint === '' ? {} : { hint }),
      data: {
        packages,
        packages_formatted: listed,
        channel_urls: request.channels.map(channelParts),
        channels_formatted: searched,
        suggestions: near,
        explanation: said,
        ...facts,
      },
    },
  );
}

function formatElsewhere({ name, subdirs = [] }: NotFound): readonly string[] {
  return subdirs.length === 0
    ? []
    : [`${name} is not there for this platform, but for ${subdirs.join(', ')}`];
}

function formatRemoved({ name, removed = [] }: NotFound): readonly string[] {
  if (removed.length === 0) return [];
  const more = removed.length > SHOWN ? ` and ${removed.length - SHOWN} more` : '';
  return [`${name} was taken out of the channel: ${removed.slice(0, SHOWN).join(', ')}${more}`];
}

/** File names that are named before the others are counted. */
const SHOWN = 3;

/** Requests that nothing satisfies, if that is all there is to it. The system is no channel. */
function findUnmatched({ conflicts }: Unsolvable, { requested }: SolveRequest): readonly string[] {
  const specs = conflicts.map(([first, ...more]) =>
    first?.kind === 'nothing-provides' && first.source === undefined && more.length === 0 ? first.spec : '',
  );
  const isAsked = (text: string): boolean =>
    requested.some((spec) => spec.text === text && !spec.name.startsWith('__'));
  return specs.every(isAsked) ? [...new Set(specs)] : [];
}

/**
 * conda has a name of its own for a request that a pin of the same package forbids. Whether the pin alone is at fault, the fixes
 * know: they were tried.
 */
function unsatisfiable(
  { explanation, fixes }: Unsolvable,
  { requested }: SolveRequest,
  data: Readonly<Record<string, unknown>>,
): TcondaError {
  const hint = formatFixes(fixes).join('\n');
  const more = hint === '' ? {} : { hint };
  const text = explanation.join('\n');
  const pins = fixes.flatMap(({ changes }) =>
    changes.flatMap((change) => (change.kind === 'unpin' ? [change.spec] : [])),
  );
  const pinned = requested
    .filter(({ name }) => pins.some((pin) => nameOf(pin) === name))
    .map((spec) => spec.text);
  if (pinned.length === 0) return new TcondaError('UNSATISFIABLE', text, { ...more, data });
  const lists = [
    `  requested specs: ${formatIndented(pinned)}`,
    `  pinned specs: ${formatIndented(pins.map((pin) => formatMatchSpec(parseMatchSpec(pin))))}`,
  ];
  return new TcondaError(
    'PIN_CONFLICT',
    ['Requested specs conflict with configured specs.', ...lists, '', text].join('\n'),
    { ...more, data: { requested_specs: pinned, pinned_specs: pins, ...data } },
  );
}

/** A channel as conda's errors have it: the parts of its URL, none of them secret. */
function channelParts({ location, name, scheme }: Channel): Readonly<Record<string, string | null>> {
  return { auth: null, location, name, package_filename: null, platform: null, scheme, token: null };
}

function nameOf(spec: string): string {
  return parseMatchSpec(spec).name;
}

function formatFixes(fixes: readonly Fix[]): readonly string[] {
  if (fixes.length === 0) return [];
  const title = fixes.length === 1 ? 'This would work:' : 'These would work:';
  return [[title, ...fixes.map((fix) => `  - ${formatFix(fix)}`)].join('\n')];
}

function formatIndented(items: readonly string[]): string {
  return items.map((item) => `\n    - ${item}`).join('');
}

function formatItems(items: readonly string[]): string {
  return items.map((item) => `\n  - ${item}`).join('');
}
