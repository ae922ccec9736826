import { rmSync } from 'node:fs';
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** What the proxy does with a line. */
export type Fault =
  /** Forwards it and gives the whole reply. */
  | { readonly kind: 'pass' }
  /** Does not listen: connecting fails. */
  | { readonly kind: 'refuse' }
  /** Takes the line and stays silent; nothing reaches HAProxy. */
  | { readonly kind: 'hang' }
  /** Closes before the line reaches HAProxy. */
  | { readonly kind: 'drop_before' }
  /** HAProxy carries it out; the reply is lost. */
  | { readonly kind: 'drop_after' }
  /** HAProxy carries it out; half of the reply arrives. */
  | { readonly kind: 'cut' }
  /** Answers success for a write, and HAProxy never sees it. */
  | { readonly kind: 'lie' }
  /** Answers with HAProxy's words for a key that is not there; HAProxy never sees it. */
  | { readonly kind: 'error' }
  /** HAProxy carries it out; another reply arrives. */
  | { readonly kind: 'rewrite'; readonly change: (reply: string) => string }
  /** Forwards after this many milliseconds. */
  | { readonly kind: 'delay'; readonly ms: number };

/** A line as it went by: the independent witness of what was said to a node. */
export interface Witnessed {
  readonly line: string;
  readonly at: number;
  readonly fault: Fault['kind'];
  /** Whether HAProxy saw it. */
  readonly forwarded: boolean;
}

/** Stands before one node's Runtime API on a real socket. */
export class FaultProxy {
  readonly address: string;
  readonly seen: Witnessed[] = [];
  /** Called with every line that is about to reach HAProxy, before it does. */
  onLine: (line: string) => void = () => undefined;
  /** Called with a line that was delayed, right before HAProxy gets it. */
  onLanding: (line: string) => void = () => undefined;
  readonly #path: string;
  readonly #upstream: NetConnectOpts;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;
  #fault: Fault = { kind: 'pass' };
  #matches: (line: string) => boolean = () => true;
  #left = Number.POSITIVE_INFINITY;
  #delayed = 0;

  /** @param upstream Address of the real Runtime API, `unix:///…` or `tcp://host:port`. */
  constructor(folder: string, name: string, upstream: string) {
    this.#path = join(folder, `${name}-proxy.sock`);
    this.address = `unix://${this.#path}`;
    this.#upstream = optionsOf(upstream);
  }

  async start(): Promise<this> {
    rmSync(this.#path, { force: true });
    const server = createServer((client) => this.#serve(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#path, resolve);
    });
    this.#server = server;
    return this;
  }

  /** From now on, for the lines that match and at most `times` of them. */
  async set(
    fault: Fault,
    { when = () => true, times = Number.POSITIVE_INFINITY }: FaultOptions = {},
  ): Promise<void> {
    this.#fault = fault;
    this.#matches = when;
    this.#left = times;
    if (fault.kind === 'refuse') await this.#close();
    else if (this.#server === undefined) await this.start();
  }

  /** Everything passes again. */
  heal(): Promise<void> {
    return this.set({ kind: 'pass' });
  }

  /** Lines that were held back and have not been carried out yet. */
  get delayed(): number {
    return this.#delayed;
  }

  /** Lines that change something, in order. */
  writes(): readonly Witnessed[] {
    return this.seen.filter(({ line }) => isWrite(line));
  }

  async end(): Promise<void> {
    await this.#close();
    rmSync(this.#path, { force: true });
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#open) socket.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #serve(client: Socket): void {
    this.#keep(client);
    let text = '';
    client.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (!text.includes('\n')) return;
      const line = text.slice(0, text.indexOf('\n'));
      client.removeAllListeners('data');
      this.#treat(client, line);
    });
  }

  #treat(client: Socket, line: string): void {
    const fault = this.#faultFor(line);
    const reaches = !['hang', 'drop_before', 'lie', 'error'].includes(fault.kind);
    this.seen.push({ line, at: performance.now(), fault: fault.kind, forwarded: reaches });
    if (reaches) this.onLine(line);
    switch (fault.kind) {
      case 'hang':
        return;
      case 'refuse':
      case 'drop_before':
        client.destroy();
        return;
      case 'lie':
        this.#lie(client, line);
        return;
      case 'error':
        client.end('entry not found.\n\n');
        return;
      case 'delay':
        this.#delayed += 1;
        setTimeout(() => {
          this.onLanding(line);
          this.#forward(client, line, fault).once('close', () => {
            this.#delayed -= 1;
          });
        }, fault.ms);
        return;
      default:
        this.#forward(client, line, fault);
    }
  }

  #faultFor(line: string): Fault {
    if (this.#left <= 0 || !this.#matches(line)) return { kind: 'pass' };
    this.#left -= 1;
    return this.#fault;
  }

  /** Success for the write; what comes after it on the line is asked of HAProxy, so that the lie is perfect. */
  #lie(client: Socket, line: string): void {
    const rest = line.split(';').slice(1).join(';');
    client.write('\n');
    if (rest === '') client.end();
    else this.#forward(client, rest, { kind: 'pass' });
  }

  #forward(client: Socket, line: string, fault: Fault): Socket {
    const upstream = this.#keep(connect(this.#upstream));
    const parts: Buffer[] = [];
    upstream.on('data', (chunk: Buffer) => parts.push(chunk));
    upstream.on('error', () => client.destroy());
    upstream.on('end', () => {
      const reply = Buffer.concat(parts);
      if (fault.kind === 'drop_after') client.destroy();
      else if (fault.kind === 'cut') client.end(reply.subarray(0, Math.floor(reply.length / 2)));
      else if (fault.kind === 'rewrite') client.end(fault.change(reply.toString('utf8')));
      else client.end(reply);
    });
    upstream.write(`${line}\n`);
    return upstream;
  }

  #keep(socket: Socket): Socket {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#open.delete(socket));
    return socket;
  }
}

interface FaultOptions {
  readonly when?: (line: string) => boolean;
  readonly times?: number;
}

/** True for a line that changes a node. */
export function isWrite(line: string): boolean {
  return /(^|;\s*)(set|add|del|clear|commit|prepare|enable|disable|shutdown) /.test(line);
}

function optionsOf(address: string): NetConnectOpts {
  if (address.startsWith('unix://')) return { path: address.slice('unix://'.length) };
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
}
