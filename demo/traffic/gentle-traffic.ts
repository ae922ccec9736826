import { setTimeout as pause } from 'node:timers/promises';
import { request } from './fresh-load.ts';

const restMs = 120;

/** A few requests a second through every node for every host, so that counters move; failures are the page's to show. */
export function startGentleTraffic(
  nodes: readonly { readonly frontend: string }[],
  hosts: readonly string[],
): {
  readonly stop: () => Promise<void>;
} {
  const stopping = new AbortController();
  const visit = async (url: string, host: string) => {
    while (!stopping.signal.aborted) {
      await request(url, host, 2_000).catch(() => undefined);
      await pause(restMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const visitors = nodes.flatMap(({ frontend }) =>
    hosts.map((host) => visit(`${frontend}/release`, host)),
  );
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(visitors);
    },
  };
}
