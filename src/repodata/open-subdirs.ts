import { TcondaError } from '../errors.ts';
import { createLimit } from '../io/limit.ts';
import { openMonolith } from './open-monolith.ts';
import { describeUnknownRevisions } from './repodata-revisions.ts';
import type { SubdirAnswer, SubdirOptions, SubdirTarget } from './subdir-source.ts';

/**
 * Opens the index of each target, at most `count` at once; answers in the order of `targets`. To be closed by the caller.
 * @throws {TcondaError} `CHANNEL_UNAVAILABLE` when a channel has none of its subdirs; `REPODATA_CORRUPT`, `HTTP_FAILED`. Nothing is open then
 */
export async function openSubdirs(
  targets: readonly SubdirTarget[],
  count: number,
  options: SubdirOptions,
): Promise<readonly SubdirAnswer[]> {
  const limit = createLimit(count);
  const results = await Promise.allSettled(targets.map((target) => limit(() => openSubdir(target, options))));
  const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    checkChannels(targets, answers, options);
  } catch (error) {
    for (const answer of answers) if (answer.kind === 'found') answer.source.close();
    throw error;
  }
  return answers;
}

async function openSubdir(target: SubdirTarget, options: SubdirOptions): Promise<SubdirAnswer> {
  const answer = await openEither(target, options);
  if (answer.kind === 'found') {
    for (const text of describeUnknownRevisions(answer.source.revisions)) {
      options.report({ kind: 'warning', code: 'unknown-revision', text: `${target.url}: ${text}` });
    }
    options.report({
      kind: 'repodata-loaded',
      channel: target.channel.canonicalName,
      subdir: target.subdir,
      fromCache: answer.source.fromCache,
    });
  }
  return answer;
}

/** Pieces first; but a channel on this disk has its whole index at hand, so that nothing is gained by pieces of it. */
async function openEither(target: SubdirTarget, options: SubdirOptions): Promise<SubdirAnswer> {
  const isOnDisk = target.channel.scheme === 'file';
  const first = isOnDisk ? await openMonolith(target, options) : await openPieces(target, options);
  if (first.kind === 'found') return first;
  const second = isOnDisk ? await openPieces(target, options) : await openMonolith(target, options);
  // An index that is there but can't be read must not look like an empty one.
  const error = second.kind === 'missing' ? (first.error ?? second.error) : undefined;
  if (error !== undefined) throw error;
  return second;
}

async function openPieces(target: SubdirTarget, options: SubdirOptions): Promise<SubdirAnswer> {
  if (!options.useShards) return { kind: 'missing', status: undefined };
  const { openShards } = await import('./open-shards.ts');
  return openShards(target, options);
}

/** A subdir may be missing; a channel without any of those asked for is none. */
function checkChannels(
  targets: readonly SubdirTarget[],
  answers: readonly SubdirAnswer[],
  options: SubdirOptions,
): void {
  for (const channel of new Set(targets.map((target) => target.channel))) {
    const own = answers.filter((_, index) => targets[index]?.channel === channel);
    const statuses = own.flatMap((answer) => (answer.kind === 'missing' ? [answer.status] : []));
    if (own.length === 0 || statuses.length < own.length) continue;
    const status = statuses.find((value) => value !== undefined);
    if (status === undefined && options.offline) continue;
    const reason = status === 403 ? '403 Forbidden' : '404 Not Found';
    const text = `HTTP ${reason} for channel ${channel.canonicalName} <${channel.baseUrl}>`;
    if (options.allowNonChannelUrls && status !== 403) {
      options.report({ kind: 'warning', code: 'no-channel', text });
      continue;
    }
    throw new TcondaError('CHANNEL_UNAVAILABLE', text, {
      data: {
        channel_name: channel.canonicalName,
        channel_url: channel.baseUrl,
        status_code: status ?? 404,
        reason: reason.slice(4),
        json: {},
        response_details: '',
      },
      ...(status === 403 && {
        hint: 'The channel may want a login: put a token (/t/<token>/) into its URL',
      }),
    });
  }
}
