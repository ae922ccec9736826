import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Faults } from '../faults.ts';
import type { Carrier, Delivery, Outcome } from './delivery.ts';

interface Pending {
  readonly envelope: Readonly<Record<string, unknown>> & { readonly envelope_id: string };
  readonly settle: (outcome: Outcome) => void;
  sentOn: WebSocket | undefined;
}

/** Socket Mode: the app opens WebSockets, each delivery goes to one of them, the app acknowledges by envelope id. */
export class SocketCarrier implements Carrier {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sockets: WebSocket[] = [];
  readonly #tickets = new Map<string, number>();
  readonly #pending = new Map<string, Pending>();
  readonly #deps: {
    readonly faults: () => Faults;
    readonly appId: string;
    readonly ackDeadlineMs: number;
    readonly onConnection: () => void;
  };
  #turn = 0;

  constructor(deps: {
    readonly faults: () => Faults;
    readonly appId: string;
    readonly ackDeadlineMs: number;
    readonly onConnection: () => void;
  }) {
    this.#deps = deps;
  }

  get connected(): boolean {
    return this.#sockets.length > 0;
  }

  get connections(): number {
    return this.#sockets.length;
  }

  /** A ticket for one connection, good for thirty seconds. */
  issueTicket(): string {
    const ticket = randomUUID();
    this.#tickets.set(ticket, Date.now() + 30_000);
    return ticket;
  }

  /** Takes an HTTP upgrade; a wrong ticket, or a Slack that is down, cuts the connection. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://local').searchParams.get('ticket') ?? '';
    const until = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (until === undefined || until < Date.now() || this.#deps.faults().isDown) {
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#welcome(webSocket));
  }

  deliver(delivery: Delivery): Promise<Outcome> {
    const { times, envelopes } = this.#deps.faults().copies;
    const id = randomUUID();
    const copies = Array.from({ length: times }, (_, copy) =>
      this.#deliverOnce(delivery, copy > 0 && envelopes === 'different' ? randomUUID() : id),
    );
    return Promise.race(copies);
  }

  /** Cuts every connection; announced: after the `disconnect` message with which Slack asks for a new one. */
  disconnect(announce: boolean): void {
    for (const socket of [...this.#sockets]) {
      if (!announce) {
        socket.terminate();
        continue;
      }
      socket.send(
        JSON.stringify({
          type: 'disconnect',
          reason: 'refresh_requested',
          debug_info: { host: 'local' },
        }),
      );
      socket.close(1000);
    }
  }

  /** Sends these very words on every socket, whatever they are: what a delivery must not be. */
  send(words: string): void {
    for (const socket of this.#sockets) socket.send(words);
  }

  close(): void {
    for (const pending of [...this.#pending.values()]) {
      pending.settle({ kind: 'failed', why: 'the local Slack was closed' });
    }
    for (const socket of this.#sockets) socket.terminate();
    this.#server.close();
  }

  #deliverOnce(delivery: Delivery, id: string): Promise<Outcome> {
    const faults = this.#deps.faults();
    if (!this.connected && faults.whileDisconnected === 'refuse') {
      return Promise.resolve({ kind: 'failed', why: 'the app has no open socket' });
    }
    return new Promise((resolve) => {
      const key = randomUUID();
      const deadline = setTimeout(
        () => pending.settle({ kind: 'timed_out' }),
        this.#deps.ackDeadlineMs,
      );
      const pending: Pending = {
        envelope: {
          envelope_id: id,
          type: delivery.type,
          accepts_response_payload: delivery.type !== 'events_api',
          payload: delivery.payload,
          ...(delivery.retry
            ? { retry_attempt: delivery.retry.number, retry_reason: delivery.retry.reason }
            : {}),
        },
        sentOn: undefined,
        settle: (outcome) => {
          clearTimeout(deadline);
          // An unanswered delivery stays known, for the next connection to bring it again.
          const again = this.#deps.faults().whileDisconnected === 'redeliver';
          if (outcome.kind === 'acknowledged' || !again) this.#pending.delete(key);
          resolve(outcome);
        },
      };
      this.#pending.set(key, pending);
      this.#send(pending);
    });
  }

  #send(pending: Pending): void {
    const socket = this.#sockets[this.#turn++ % Math.max(1, this.#sockets.length)];
    if (!socket) return;
    pending.sentOn = socket;
    socket.send(JSON.stringify(pending.envelope));
  }

  #welcome(socket: WebSocket): void {
    this.#sockets.push(socket);
    socket.on('message', (data) => this.#acknowledge(String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#goodbye(socket));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#sockets.length,
        connection_info: { app_id: this.#deps.appId },
        debug_info: { host: 'local', approximate_connection_time: 18_060 },
      }),
    );
    if (this.#deps.faults().whileDisconnected === 'redeliver') {
      for (const pending of this.#pending.values()) if (!pending.sentOn) this.#send(pending);
    }
    this.#deps.onConnection();
  }

  #goodbye(socket: WebSocket): void {
    const index = this.#sockets.indexOf(socket);
    if (index >= 0) this.#sockets.splice(index, 1);
    const { whileDisconnected } = this.#deps.faults();
    for (const pending of [...this.#pending.values()]) {
      if (pending.sentOn !== socket) continue;
      pending.sentOn = undefined;
      if (whileDisconnected === 'refuse') {
        pending.settle({ kind: 'failed', why: 'the socket closed before the acknowledgement' });
      }
    }
    this.#deps.onConnection();
  }

  #acknowledge(data: string): void {
    const answer = parsed(data);
    for (const [key, pending] of [...this.#pending]) {
      if (pending.envelope.envelope_id !== answer.envelope_id) continue;
      this.#pending.delete(key);
      pending.settle({ kind: 'acknowledged', payload: answer.payload });
    }
  }
}

function parsed(data: string): { envelope_id?: unknown; payload?: unknown } {
  try {
    return JSON.parse(data);
  } catch {
    return {};
  }
}
