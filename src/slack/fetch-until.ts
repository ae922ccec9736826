import type { FetchFunction } from '@slack/web-api';

/** A fetch whose requests end when `ending` aborts: a Slack that hangs must not keep the program from stopping. */
export function fetchUntil(ending: AbortSignal): FetchFunction {
  return async (url, init) => {
    const request = new AbortController();
    const stop = () => request.abort(ending.reason);
    const own = init?.signal;
    own?.addEventListener('abort', () => request.abort(own.reason), { once: true });
    ending.addEventListener('abort', stop, { once: true });
    if (ending.aborted) stop();
    try {
      return await globalThis.fetch(url, { ...init, signal: request.signal });
    } finally {
      ending.removeEventListener('abort', stop);
    }
  };
}
