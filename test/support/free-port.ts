import { createServer } from 'node:net';

const taken = new Set<number>();

/**
 * A free TCP port on 127.0.0.1, outside the range the kernel gives to outgoing connections.
 * Picked at random: HAProxy shares ports by SO_REUSEPORT, so two suites that count up would meet without an error.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    if (!taken.has(port) && (await isFree(port))) {
      taken.add(port);
      return port;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => resolve(true));
    });
  });
}
