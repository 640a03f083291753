import { TcondaError } from '../errors.ts';
import { maskUrls, stripUrl } from './url-secrets.ts';

/** Keys that conda has for what the server said besides. */
const ANSWER = { elapsed_time: '-', json: {}, response_details: '' };

/**
 * The error for an answer that is none of those hoped for.
 * @param url may hold credentials
 */
export function refused(url: string, status: number): TcondaError {
  const reason = REASONS.get(status) ?? '';
  return new TcondaError(
    'HTTP_FAILED',
    `HTTP ${status}${reason && ` ${reason}`} for url <${stripUrl(url)}>`,
    {
      data: { ...ANSWER, url: stripUrl(url), status_code: status, reason },
      ...hintFor(status),
    },
  );
}

/** The error for a server that can't be reached. @param url may hold credentials */
export function unreachable(url: string, cause: unknown): TcondaError {
  const place = stripUrl(url);
  return new TcondaError(
    'HTTP_FAILED',
    `HTTP 000 CONNECTION FAILED for url <${place}>: ${describeProblem(cause)}`,
    {
      hint: isCertificateProblem(cause)
        ? 'The certificate of the server is not trusted here: set ssl_verify to the file with the right ones'
        : 'Check the network and the address of the channel; behind a proxy, set proxy_servers',
      data: { ...ANSWER, url: place, status_code: '000', reason: 'CONNECTION FAILED' },
      cause,
    },
  );
}

/** What the network or the other side did wrong has a code. All else is a mistake of ours, and no second attempt mends it. */
export function isConnectionProblem(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code !== 'UND_ERR_INVALID_ARG' && !code.startsWith('ERR_INVALID_');
}

/** There is no such host, or nobody listens: it gets one more chance. Failures that pass, such as EAI_AGAIN, are others. */
export function isOutOfReach(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTFOUND' || code === 'ECONNREFUSED';
}

/** Whether the server's certificate is at fault: no second attempt mends that. */
export function isCertificateProblem(error: unknown): boolean {
  return /CERT|^ERR_TLS_|^ERR_SSL_|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(
    (error as NodeJS.ErrnoException).code ?? '',
  );
}

/** What went wrong with a connection, for a person, without secrets. */
export function describeProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known = typeof code === 'string' ? CONNECTION_PROBLEMS.get(code) : undefined;
  return known ?? maskUrls(message === '' ? String(code) : message);
}

const CONNECTION_PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'there is no such host'],
  ['EAI_AGAIN', 'the name of the host could not be looked up'],
  ['ECONNREFUSED', 'the host refuses the connection'],
  ['ECONNRESET', 'the host ended the connection'],
  ['UND_ERR_SOCKET', 'the host ended the connection'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
  ['UND_ERR_HEADERS_TIMEOUT', 'no answer in time'],
  ['UND_ERR_BODY_TIMEOUT', 'the answer stalled'],
]);

/** Whether it ended because someone wanted that. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [407, 'Proxy Authentication Required'],
  [410, 'Gone'],
  [413, 'Content Too Large'],
  [416, 'Range Not Satisfiable'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
]);

function hintFor(status: number): { readonly hint?: string } {
  if (status === 401 || status === 403) {
    return {
      hint: 'This place wants a login: put a token (/t/<token>/) or user and password into the channel, or into .netrc',
    };
  }
  if (status === 407) return { hint: 'The proxy wants a login: see proxy_servers' };
  if (status >= 500 || status === 429) return { hint: 'The server has a problem; try again later' };
  return {};
}
