import { setTimeout as pause } from 'node:timers/promises';
import { startUsers } from './users.ts';

const perNode = 3;
const shortestStayMs = 10_000;

/** Users who keep their cookies, come back again and again for a while, and are then followed by another one. */
export function startPassingUsers(
  nodes: readonly { readonly frontend: string }[],
  host: string,
): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const follow = async (frontend: string, stayMs: number) => {
    while (!signal.aborted) {
      const [user] = startUsers({ nodes: [{ frontend }], host, perNode: 1 });
      await pause(stayMs, undefined, { signal }).catch(() => undefined);
      await user?.leave();
    }
  };
  const seats = nodes.flatMap(({ frontend }, i) =>
    // Each stays for another time, so that they leave one after the other.
    Array.from({ length: perNode }, (_, n) =>
      follow(frontend, shortestStayMs * (n + 1) + i * 2_000),
    ),
  );
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(seats);
    },
  };
}
