import type { EffectGate } from '../engine/ports.ts';
import {
  atWorker,
  type CommandLine,
  inOneLine,
  type Question,
  quit,
  reload,
  showProc,
} from './command-line.ts';
import { Connection } from './connection.ts';
import { NodeRefused } from './errors.ts';
import { inSlot } from './locks.ts';
import { reasonIn } from './log-words.ts';
import { type Processes, parseShowProc } from './replies/show-proc.ts';
import { splitReplies } from './replies/split-replies.ts';
import { type Failpoint, mustBeOpen, RuntimeApi, type RuntimeOptions } from './runtime-api.ts';

/** How a master answered `reload`. Only 3.x says how it ended. */
export type ReloadReply =
  /** 2.6 closes the connection without a byte, whether it worked or not; so does one that dies. Ask `show proc`. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'loaded' }
  /** The new configuration did not load; the worker from before it stays. */
  | { readonly kind: 'failed'; readonly words: string }
  /** It did not try. */
  | { readonly kind: 'refused'; readonly words: string };

/** The process that starts a node's workers, on its own socket (`haproxy -W -S <socket>`). */
export class Master {
  readonly node: string;
  readonly #address: string;
  readonly #api: RuntimeApi;
  readonly #failpoint: Failpoint;

  constructor(options: RuntimeOptions) {
    this.node = options.node;
    this.#address = options.address;
    this.#api = new RuntimeApi(options);
    this.#failpoint = options.failpoint ?? (() => {});
  }

  /** Rejects with NodeUnreachable (during a reload it is), ReplyUnknown, NodeRefused, or the signal's reason. */
  async processes(signal?: AbortSignal): Promise<Processes> {
    const command = inOneLine(showProc(), quit());
    const reply = await this.#api.ask(command, { ...(signal && { signal }) });
    const processes = parseShowProc(reply);
    if (processes === undefined) throw new NodeRefused(reply, { node: this.node, command });
    return processes;
  }

  /** One reply per question, from one worker. A worker that is gone rejects with ReplyUnknown. */
  async askWorker(
    pid: number,
    questions: readonly Question[],
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    const command = inOneLine(...questions.map((one) => atWorker(pid, one)), quit());
    const maxBytes = 16 * 1024 * 1024;
    const reply = await this.#api.ask(command, { maxBytes, ...(signal && { signal }) });
    const replies = splitReplies(reply, questions.length);
    if (replies === undefined) throw new NodeRefused(reply, { node: this.node, command });
    return replies;
  }

  /** One line that changes something, for one worker. Rejects as `askWorker` does, and with NothingSent. */
  async tellWorker(pid: number, command: CommandLine, gate: EffectGate): Promise<string> {
    const line = inOneLine(atWorker(pid, command), quit());
    const reply = await this.#api.write(line, gate);
    const [own] = splitReplies(reply, 1) ?? [];
    if (own === undefined) throw new NodeRefused(reply, { node: this.node, command });
    return own;
  }

  /**
   * Has the configuration loaded by a new worker. `patienceMs`: a 3.x answers only when it is loaded.
   * Rejects with NodeUnreachable or NothingSent (nothing was sent) or ReplyUnknown.
   */
  reload(patienceMs: number, gate: EffectGate): Promise<ReloadReply> {
    const command = reload();
    return inSlot(this.#address, async () => {
      const connection = await Connection.open({
        node: this.node,
        address: this.#address,
        command,
        deadlineMs: patienceMs,
        maxBytes: 1024 * 1024,
      });
      try {
        this.#failpoint('cli:before:reload');
        mustBeOpen(gate, this.node, command)();
        const reply = await connection.say(command);
        this.#failpoint('cli:after:reload');
        return understood(reply);
      } finally {
        connection.close();
      }
    });
  }
}

function understood(reply: string): ReloadReply {
  if (reply === '') return { kind: 'silent' };
  if (reply.startsWith('Success=1\n')) return { kind: 'loaded' };
  if (reply.startsWith('Success=0\n'))
    return { kind: 'failed', words: reasonIn(reply.split('\n--\n')[1] ?? reply) };
  return { kind: 'refused', words: reply.trim() };
}
