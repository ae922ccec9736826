import { connect, type Socket } from 'node:net';

/** Opens `unix:///path` or `tcp://host:port`. The tests' own door, independent of the client under test. */
export function dial(address: string): Socket {
  const url = new URL(address);
  return url.protocol === 'unix:'
    ? connect({ path: decodeURIComponent(url.pathname), allowHalfOpen: true })
    : connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true });
}

/**
 * Sends one line to a Runtime API or master socket and resolves with the whole reply, byte-exact.
 * `halfClose` for the master socket, which otherwise keeps the connection. Rejects after `timeout` ms.
 */
export function ask(
  address: string,
  line: string,
  { timeout = 5000, halfClose = false } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = dial(address);
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`${address} did not answer "${line}" within ${timeout} ms.`));
    }, timeout);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.on('end', () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    socket.on('connect', () => {
      if (halfClose) socket.end(`${line}\n`);
      else socket.write(`${line}\n`);
    });
  });
}
