import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ask } from './ask.ts';

/** What the fake does with a line. Faults apply where the line is answered; `refuse` is a method of its own. */
export type Fault =
  | { readonly kind: 'answer' }
  /** Reads the line, never answers, never closes. Nothing is carried out. */
  | { readonly kind: 'hang' }
  /** Carries it out and never answers. */
  | { readonly kind: 'hang_after' }
  /** Connection reset, nothing carried out. */
  | { readonly kind: 'cut' }
  /** Carried out, then the connection is reset. */
  | { readonly kind: 'cut_after' }
  /** Carried out, and closed without a byte. */
  | { readonly kind: 'silent' }
  /** Carried out; only the first `bytes` of the reply (default: half of it), then closed. */
  | { readonly kind: 'half'; readonly bytes?: number }
  /** Says this and carries nothing out; `\n` is the lie of a write that had no effect. */
  | { readonly kind: 'say'; readonly reply: string }
  /** Never stops talking. */
  | { readonly kind: 'endless' }
  /** Carried out and answered after `ms`. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Carried out; the reply comes in pieces of so many bytes, with pauses between them. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly pauseMs: number }
  /** Carried out and answered when the promise resolves. */
  | { readonly kind: 'held'; readonly until: Promise<unknown> };

export interface Heard {
  readonly line: string;
  /** performance.now() when the line was whole. */
  readonly at: number;
}

/** Says what an honest Runtime API would: the whole reply to one line, byte-exact. */
export type Answer = (line: string) => string | Promise<string>;

/** An answer taken from a real HAProxy: the fake is then a proxy with faults, and its log the oracle of what was sent. */
export function proxyTo(runtime: string): Answer {
  return (line) => ask(runtime, line, { timeout: 60_000 });
}

/** A Runtime API on a real unix socket that can fail in every way a real one was seen to. */
export class FakeRuntime {
  /** `unix:///...` */
  readonly address: string;
  /** Every line that came in, in order. */
  readonly heard: Heard[] = [];
  /** Every byte that came in, connections one after the other. */
  bytes = '';
  /** Most connections waiting for an answer at the same time so far. */
  mostWaiting = 0;
  readonly #folder: string;
  readonly #answer: Answer;
  readonly #open = new Set<Socket>();
  readonly #waiting = new Set<Socket>();
  readonly #faults: { readonly when: RegExp; readonly fault: Fault; left: number }[] = [];
  #server: Server | undefined;

  private constructor(answer: Answer) {
    this.#answer = answer;
    this.#folder = mkdtempSync(join(tmpdir(), 'pm-fake-'));
    this.address = `unix://${join(this.#folder, 'admin.sock')}`;
  }

  static async start(answer: Answer): Promise<FakeRuntime> {
    const fake = new FakeRuntime(answer);
    await fake.accept();
    return fake;
  }

  /** Lines that match get this fault, `times` times (default: always). The newest rule counts. */
  fault(when: RegExp, fault: Fault, times = Number.POSITIVE_INFINITY): this {
    this.#faults.unshift({ when, fault, left: times });
    return this;
  }

  /** Lines that match wait, unheard by whoever answers, until the returned function is called. */
  hold(when: RegExp): () => void {
    let letGo = () => {};
    const until = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    this.fault(when, { kind: 'held', until });
    return letGo;
  }

  /** No faults any more; answers that hang stay hanging. */
  heal(): void {
    this.#faults.length = 0;
  }

  /** Listens. Done by start(); again after refuse(). */
  accept(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(new URL(this.address).pathname, () => resolve());
    });
  }

  /** Stops listening: the next connect is refused. Open connections are closed. */
  refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    return new Promise((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
      this.closeAll();
    });
  }

  /** Closes every open connection, as HAProxy does after `stats timeout`. */
  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#open.size;
  }

  async end(): Promise<void> {
    await this.refuse();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #serve(socket: Socket): void {
    this.#open.add(socket);
    this.#waiting.add(socket);
    this.mostWaiting = Math.max(this.mostWaiting, this.#waiting.size);
    socket.on('close', () => {
      this.#open.delete(socket);
      this.#waiting.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    let text = '';
    let answered = false;
    socket.on('data', (chunk) => {
      this.bytes += chunk.toString('latin1');
      text += chunk.toString('latin1');
      const end = text.indexOf('\n');
      if (answered || end < 0) return;
      answered = true;
      void this.#reply(socket, text.slice(0, end)).catch(() => socket.destroy());
    });
  }

  async #reply(socket: Socket, line: string): Promise<void> {
    this.heard.push({ line, at: performance.now() });
    const fault = this.#faultFor(line);
    switch (fault.kind) {
      case 'hang':
        return;
      case 'cut':
        socket.resetAndDestroy();
        return;
      case 'say':
        socket.end(fault.reply);
        return;
      case 'endless':
        return this.#talk(socket);
      case 'late':
        await pause(fault.ms);
        break;
      case 'held':
        await fault.until;
        break;
      default:
    }
    const reply = await this.#answer(line);
    if (fault.kind === 'drip') return this.#drip(socket, fault, reply);
    this.#sayAfter(socket, fault, reply);
  }

  async #drip(
    socket: Socket,
    { bytes, pauseMs }: Extract<Fault, { kind: 'drip' }>,
    reply: string,
  ): Promise<void> {
    for (let at = 0; at < reply.length && !socket.destroyed; at += bytes) {
      socket.write(reply.slice(at, at + bytes));
      await pause(pauseMs);
    }
    socket.end();
  }

  #sayAfter(socket: Socket, fault: Fault, reply: string): void {
    if (fault.kind !== 'hang_after') this.#waiting.delete(socket);
    switch (fault.kind) {
      case 'hang_after':
        return;
      case 'cut_after':
        socket.resetAndDestroy();
        return;
      case 'silent':
        socket.end();
        return;
      case 'half':
        socket.end(reply.slice(0, fault.bytes ?? Math.ceil(reply.length / 2)));
        return;
      default:
        socket.end(reply);
    }
  }

  #faultFor(line: string): Fault {
    const rule = this.#faults.find(({ when, left }) => left > 0 && when.test(line));
    if (rule === undefined) return { kind: 'answer' };
    rule.left -= 1;
    return rule.fault;
  }

  #talk(socket: Socket): void {
    const more = () => {
      while (!socket.destroyed && socket.write('and on and on it goes\n'.repeat(1000)));
    };
    socket.on('drain', more);
    more();
  }
}
