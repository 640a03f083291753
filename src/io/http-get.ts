import type { HttpClient } from './http.ts';
import { refused } from './http-errors.ts';

/**
 * `get` out of `request`: hands on the answer when the server says that all is well, and dismisses any other.
 * @throws {TcondaError} `HTTP_FAILED` for any other
 */
export function createGet(request: HttpClient['request']): HttpClient['get'] {
  return async (url, asked) => {
    const response = await request(url, asked);
    if (response.status >= 200 && response.status < 300) return response;
    response.dismiss();
    throw refused(url, response.status);
  };
}
