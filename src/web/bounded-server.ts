import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';

export interface ServerBounds {
  /** How many connections are held at a time. */
  readonly connections: number;
  /** Told of every request that is refused before the listener hears of it: its peer, and why. */
  readonly onRefused?: ((peer: string, why: string) => void) | undefined;
}

const options: ServerOptions = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  // Node's default looks only every thirty seconds whether a request is late.
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
};
/** A peer that neither reads nor writes for so long is cut off, milliseconds. */
const silenceMs = 20_000;

/**
 * An HTTP server whose connections cannot pile up: a late or half request is answered and its socket destroyed, and
 * where one connection too many comes, the one that has waited longest without a whole request goes.
 */
export function boundedServer(listener: RequestListener, bounds: ServerBounds): Server {
  const connections = new Connections(bounds.connections, (socket) => {
    bounds.onRefused?.(peerOf(socket), 'more connections than are held at a time');
    socket.destroy();
  });
  const server = createServer(options, listener);
  server.setTimeout(silenceMs, (socket) => {
    bounds.onRefused?.(peerOf(socket), 'silent');
    socket.destroy();
  });
  server.on('connection', (socket) => connections.opened(socket));
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    request.once('end', () => connections.isAnswered(socket));
    response.once('close', () => connections.waits(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    refuse(error, socket as Socket, bounds);
  });
  return server;
}

/** Where a socket's other end is; a local one has no address. */
export function peerOf(socket: Socket): string {
  return socket.remoteAddress ?? 'this machine';
}

const statuses: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** An end alone is half a close: a peer that keeps its own end open would keep the socket for ever. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, { onRefused }: ServerBounds): void {
  if (error.code !== 'ECONNRESET') {
    const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    onRefused?.(peerOf(socket), late ? 'late or half a request' : 'not HTTP');
  }
  if (socket.writable && error.code !== 'ECONNRESET') {
    const status = statuses[error.code ?? ''] ?? '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
  }
  socket.destroySoon();
}

/** The open connections; of those that wait for a whole request, the longest waiting first. */
class Connections {
  readonly #most: number;
  readonly #drop: (socket: Socket) => void;
  readonly #waiting = new Set<Socket>();
  readonly #answered = new Set<Socket>();

  constructor(most: number, drop: (socket: Socket) => void) {
    this.#most = most;
    this.#drop = drop;
  }

  opened(socket: Socket): void {
    this.#waiting.add(socket);
    socket.once('close', () => {
      this.#waiting.delete(socket);
      this.#answered.delete(socket);
    });
    if (this.#waiting.size + this.#answered.size <= this.#most) return;
    const [longest] = this.#waiting;
    if (longest === undefined) return;
    this.#waiting.delete(longest);
    this.#drop(longest);
  }

  /** A whole request has come: its answer is not cut. */
  isAnswered(socket: Socket): void {
    if (this.#waiting.delete(socket)) this.#answered.add(socket);
  }

  waits(socket: Socket): void {
    if (this.#answered.delete(socket) && !socket.destroyed) this.#waiting.add(socket);
  }
}
