import { connect, type Socket } from 'node:net';
import { Deadline } from '../timing/deadline.ts';
import { NodeUnreachable, ReplyTooLong, ReplyUnknown } from './errors.ts';
import { connectOptions } from './runtime-address.ts';

export interface ConnectionOptions {
  readonly node: string;
  readonly address: string;
  /** What will be said; for messages. */
  readonly command: string;
  /** Milliseconds for connecting, and again for the answer; bytes that arrive prolong it. */
  readonly deadlineMs: number;
  /** A longer reply is not read to its end. */
  readonly maxBytes: number;
  /** Takes the reply as it comes, instead of its being kept. Must not throw. */
  readonly onChunk?: (chunk: Buffer) => void;
}

/** Slower than this, a reply that still arrives is given up. */
const leastBytesPerSecond = 256 * 1024;

/** How the other side ended: the end of the stream, or what broke. */
type Ending = { readonly kind: 'eof' } | { readonly kind: 'broken'; readonly why: string };

/** One connection, one line, one reply that ends with the connection (management guide, 9.3). Never retried. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #said = false;
  /** Set as soon as the other side is gone: HAProxy closes a silent connection after `stats timeout`. */
  #ending: Ending | undefined;
  #onEnding: ((ending: Ending) => void) | undefined;
  #deadline: Deadline | undefined;
  /** Resolves when the connection is closed, by whomever. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk) => this.#keep(chunk));
    socket.on('end', () => this.#end({ kind: 'eof' }));
    socket.on('error', (error) => this.#end({ kind: 'broken', why: error.message }));
    socket.on('close', () => this.#end({ kind: 'broken', why: 'the connection was closed' }));
  }

  /** Rejects with NodeUnreachable, or with the signal's reason. */
  static open(options: ConnectionOptions, signal?: AbortSignal): Promise<Connection> {
    signal?.throwIfAborted();
    const socket = connect(connectOptions(options.address));
    return new Promise((resolve, reject) => {
      const giveUp = (reason: unknown) => {
        done();
        socket.on('error', () => {}).destroy();
        reject(reason);
      };
      const fail = (why: string, cause?: unknown) =>
        giveUp(new NodeUnreachable(why, { ...options, cause }));
      const onError = (error: Error) => fail(whyNotConnected(error), error);
      const onAbort = () => giveUp(signal?.reason);
      const deadline = new Deadline(options.deadlineMs, () =>
        fail(`no connection within ${options.deadlineMs} ms`),
      );
      const done = () => {
        deadline.cancel();
        signal?.removeEventListener('abort', onAbort);
        socket.off('error', onError);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      socket.once('error', onError);
      socket.once('connect', () => {
        done();
        resolve(new Connection(socket, options));
      });
    });
  }

  /**
   * Sends the line and resolves with everything up to the end of the connection, as text.
   * Rejects with NodeUnreachable where nothing was sent, with ReplyUnknown where anything was, or with the signal's reason.
   */
  say(line: string, signal?: AbortSignal): Promise<string> {
    if (this.#said) throw new Error(`The connection to ${this.#options.node} was used before.`);
    this.#said = true;
    const ending = this.#ending;
    if (ending !== undefined) {
      this.close();
      const why = ending.kind === 'eof' ? 'the node closed the connection' : ending.why;
      return Promise.reject(new NodeUnreachable(`${why}; nothing was sent`, this.#options));
    }
    return this.#reply(line, signal).finally(() => this.close());
  }

  close(): void {
    this.#end({ kind: 'broken', why: 'the connection was closed' });
    this.#socket.destroy();
  }

  async #reply(line: string, signal: AbortSignal | undefined): Promise<string> {
    const { deadlineMs } = this.#options;
    let onAbort = () => {};
    const ending = await new Promise<Ending>((resolve, reject) => {
      this.#onEnding = resolve;
      const deadline = new Deadline(deadlineMs, () => {
        const why = `the answer was not whole after ${deadline.lengthMs} ms`;
        resolve({ kind: 'broken', why });
      });
      this.#deadline = deadline;
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#socket.write(`${line}\n`);
    }).finally(() => {
      this.#deadline?.cancel();
      signal?.removeEventListener('abort', onAbort);
    });
    const { maxBytes } = this.#options;
    if (this.#size > maxBytes) throw new ReplyTooLong(maxBytes, this.#options);
    if (ending.kind === 'broken') throw new ReplyUnknown(ending.why, this.#options);
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  #keep(chunk: Buffer): void {
    const { maxBytes, deadlineMs, onChunk } = this.#options;
    this.#size += chunk.length;
    if (this.#size > maxBytes) {
      this.close();
      return;
    }
    const grown = deadlineMs + (1000 * this.#size) / leastBytesPerSecond;
    // What is kept is a reading that somebody waits for; only what is looked through as it comes may take long.
    const most = onChunk === undefined ? Math.min(grown, 2 * deadlineMs) : grown;
    this.#deadline?.prolong(deadlineMs, most);
    if (onChunk === undefined) this.#chunks.push(chunk);
    else onChunk(chunk);
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#onEnding?.(this.#ending);
  }
}

/** What a person does about it, for what the system says most often. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: "permission denied: Pointsman's user may not open it",
  EPERM: 'permission denied',
  ENOENT: 'there is no such socket: HAProxy does not run, or has it elsewhere',
  ECONNREFUSED: 'nobody listens there: HAProxy does not run, or has it elsewhere',
};

function whyNotConnected(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const remedy = remedies[code];
  return remedy === undefined ? error.message : `${error.message} (${remedy})`;
}
