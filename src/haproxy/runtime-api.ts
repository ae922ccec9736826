import type { EffectGate } from '../engine/ports.ts';
import type { CommandLine, Question } from './command-line.ts';
import { Connection } from './connection.ts';
import { NothingSent, ReplyUnknown } from './errors.ts';
import { inSlot } from './locks.ts';

/** A place where a crash test may stop the program: `cli:before:set-map`, `rename:after`, ... */
export type Failpoint = (name: string) => void;

export interface RuntimeOptions {
  readonly node: string;
  /** `unix:///path` or `tcp://host:port`. */
  readonly address: string;
  /** Milliseconds for connecting, and again for the whole answer; 3000. */
  readonly deadlineMs?: number;
  readonly failpoint?: Failpoint;
}

const mebibyte = 1024 * 1024;

/** One node's Runtime API: one line per fresh connection, two connections at a time, nothing ever said twice. */
export class RuntimeApi {
  readonly node: string;
  readonly address: string;
  readonly #deadlineMs: number;
  readonly #failpoint: Failpoint;

  constructor({ node, address, deadlineMs = 3000, failpoint = () => {} }: RuntimeOptions) {
    this.node = node;
    this.address = address;
    this.#deadlineMs = deadlineMs;
    this.#failpoint = failpoint;
  }

  /**
   * Resolves with the whole reply: a bare line feed, or text that ends with an empty line.
   * Rejects with NodeUnreachable (nothing was sent), ReplyUnknown (no whole answer), or the signal's reason.
   */
  ask(
    command: Question,
    { maxBytes = mebibyte, signal }: { maxBytes?: number; signal?: AbortSignal } = {},
  ): Promise<string> {
    return inSlot(this.address, async () => {
      const connection = await this.#connect(command, maxBytes, signal);
      try {
        return await this.#say(connection, command, signal === undefined ? {} : { signal });
      } finally {
        await connection.closed;
      }
    });
  }

  /** The same for a line that changes something. Rejects with NothingSent where the gate is shut when its turn comes. */
  write(command: CommandLine, gate: EffectGate): Promise<string> {
    return inSlot(this.address, async () => {
      const connection = await this.#connect(command, mebibyte);
      try {
        return await this.#write(connection, command, gate);
      } finally {
        connection.close();
        await connection.closed;
      }
    });
  }

  /**
   * The same for a reply that may be too long to be kept: it is handed on as it comes. Rejects like `ask`, with
   * ReplyTooLong where it is longer than `maxBytes`; what was handed on by then is no whole reply.
   */
  read(
    command: Question,
    onChunk: (chunk: Buffer) => void,
    { maxBytes, signal }: { maxBytes: number; signal?: AbortSignal },
  ): Promise<void> {
    return inSlot(this.address, async () => {
      let tail = '';
      const connection = await this.#connect(command, maxBytes, signal, (chunk) => {
        tail = (tail + chunk.subarray(-2).toString('latin1')).slice(-2);
        onChunk(chunk);
      });
      try {
        await this.#said(connection, command, signal === undefined ? {} : { signal });
        this.#mustBeWhole(tail, command);
      } finally {
        connection.close();
        await connection.closed;
      }
    });
  }

  /**
   * Opens the connection now and says the line later. Holds one of the node's slots until the connection is closed:
   * by the reply, by `close`, or by HAProxy's own `stats timeout`.
   */
  prepare(command: CommandLine): Promise<Prepared> {
    return new Promise((resolve, reject) => {
      const held = inSlot(this.address, async () => {
        const connection = await this.#connect(command, mebibyte);
        resolve({
          say: (gate) => this.#write(connection, command, gate),
          close: () => connection.close(),
        });
        await connection.closed;
      });
      held.catch(reject);
    });
  }

  #connect(
    command: string,
    maxBytes: number,
    signal?: AbortSignal,
    onChunk?: (chunk: Buffer) => void,
  ): Promise<Connection> {
    const { node, address } = this;
    const deadlineMs = this.#deadlineMs;
    const options = { node, address, command, deadlineMs, maxBytes, ...(onChunk && { onChunk }) };
    return Connection.open(options, signal);
  }

  async #write(connection: Connection, command: CommandLine, gate: EffectGate): Promise<string> {
    return this.#say(connection, command, { mayBeSent: mustBeOpen(gate, this.node, command) });
  }

  async #say(connection: Connection, command: CommandLine, how: HowSent = {}): Promise<string> {
    const reply = await this.#said(connection, command, how).finally(() => connection.close());
    this.#mustBeWhole(reply, command);
    return reply;
  }

  #said(
    connection: Connection,
    command: CommandLine,
    { signal, mayBeSent = () => {} }: HowSent = {},
  ): Promise<string> {
    const verb = command.split(' ', 2).join('-');
    return this.#between(verb, () => {
      mayBeSent();
      return connection.say(command, signal);
    });
  }

  #mustBeWhole(reply: string, command: string): void {
    if (isWhole(reply)) return;
    const why = reply === '' ? 'the connection was closed without a byte' : 'it was cut short';
    throw new ReplyUnknown(why, { node: this.node, command });
  }

  async #between(verb: string, say: () => Promise<string>): Promise<string> {
    this.#failpoint(`cli:before:${verb}`);
    const reply = await say();
    this.#failpoint(`cli:after:${verb}`);
    return reply;
  }
}

/** What ends the waiting for the answer, and what may keep a line from being sent at all. */
interface HowSent {
  readonly signal?: AbortSignal;
  readonly mayBeSent?: () => void;
}

/** A line on its way: `say` is used once, or `close` instead. */
export interface Prepared {
  /** Rejects with NothingSent where the gate is shut. */
  say(gate: EffectGate): Promise<string>;
  close(): void;
}

/** The last thing before the line leaves. */
export function mustBeOpen(gate: EffectGate, node: string, command: CommandLine): () => void {
  return () => {
    try {
      gate.check();
    } catch (cause) {
      throw new NothingSent({ node, command, cause });
    }
  };
}

/** Every reply ends with an empty line; a command without output answers just that. */
function isWhole(reply: string): boolean {
  return reply === '\n' || reply.endsWith('\n\n');
}
