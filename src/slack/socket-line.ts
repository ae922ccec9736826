import type { SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import type { Clock } from '../engine/ports.ts';
import type { Reach } from './reach.ts';
import { slackProblem } from './slack-problem.ts';
import { SlackRefused } from './slack-refused.ts';
import { keepPulse } from './socket-pulse.ts';

type SocketModeClient = SocketModeReceiver['client'];

export interface SocketLineDeps {
  readonly client: SocketModeClient;
  readonly clock: Clock;
  readonly reach: Reach;
  readonly log: Logger;
}

const openMs = 20_000;
const longestPauseMs = 10_000;

/**
 * Keeps the Socket Mode connection open. The client's own reconnecting is off: it waits five seconds after every
 * refresh, and a refusal while it reconnects ends as an unhandled rejection, which ends the process.
 */
export class SocketLine {
  readonly #client: SocketModeClient;
  readonly #clock: Clock;
  readonly #reach: Reach;
  readonly #log: Logger;
  #failures = 0;
  #up = false;

  constructor({ client, clock, reach, log }: SocketLineDeps) {
    this.#client = client;
    this.#clock = clock;
    this.#reach = reach;
    this.#log = log;
    let pulse = new AbortController();
    this.#client.on('connected', () => {
      this.#up = true;
      pulse.abort();
      pulse = new AbortController();
      const line = this.#client.websocket;
      if (line === undefined || keepPulse(line, pulse.signal)) return;
      this.#log.error(
        "Slack's client uses another WebSocket than Pointsman can ping: a connection that dies silently is not noticed. Install the versions of package-lock.json.",
      );
    });
    this.#client.on('disconnected', () => {
      this.#up = false;
      pulse.abort();
    });
  }

  /** Opens it once. Throws SlackRefused where Slack does not accept the app token; an absent Slack is no error. */
  async open(): Promise<'open' | 'away'> {
    try {
      await this.#within(openMs, this.#client.start());
      this.#failures = 0;
      this.#reach.holds('socket');
      return 'open';
    } catch (error) {
      this.#failures += 1;
      const problem = slackProblem(error ?? new Error('the connection was closed at once'));
      this.#reach.fails('socket', `No Socket Mode connection: ${problem.why}`);
      if (problem.kind === 'token') {
        throw new SlackRefused('SLACK_APP_TOKEN', problem.why, { cause: error });
      }
      return 'away';
    }
  }

  /** Opens it again whenever it is closed, until `signal` aborts. `first`: the attempt that is under way. */
  async keep(first: Promise<'open' | 'away'>, signal: AbortSignal): Promise<void> {
    let line = await first.catch(() => 'away' as const);
    while (!signal.aborted) {
      if (line === 'open') await this.#closed(signal);
      else await this.#clock.sleep(this.#pauseMs(), signal).catch(() => undefined);
      if (signal.aborted) return;
      line = await this.open().catch((error: unknown) => {
        this.#log.error({ err: error }, 'Slack refuses the app token');
        return 'away' as const;
      });
    }
  }

  /** Hangs up; does not wait for Slack's goodbye. */
  close(): void {
    void this.#client.disconnect();
  }

  #pauseMs(): number {
    return Math.min(250 * 2 ** Math.min(this.#failures, 10), longestPauseMs);
  }

  async #closed(signal: AbortSignal): Promise<void> {
    if (this.#up) {
      await new Promise<void>((resolve) => {
        this.#client.once('disconnected', () => resolve());
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    this.#reach.fails('socket', 'The Socket Mode connection was closed; it is being opened again.');
  }

  async #within<T>(ms: number, opening: Promise<T>): Promise<T> {
    const limit = new AbortController();
    const late = this.#clock.sleep(ms, limit.signal).then(() => {
      void this.#client.disconnect();
      throw new Error(`Slack said no hello within ${ms / 1_000} s`);
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([opening, late]);
    } finally {
      limit.abort();
    }
  }
}
