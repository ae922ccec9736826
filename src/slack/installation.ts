import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Clock } from '../engine/ports.ts';
import type { Reach } from './reach.ts';
import { slackProblem } from './slack-problem.ts';
import { SlackRefused } from './slack-refused.ts';

/** Who the bot is, and where it is installed. */
export interface Installed {
  readonly botUser: string;
  readonly botId?: string;
  readonly team: string;
  /** Set in an Enterprise Grid: people are then at home in every workspace of it. */
  readonly enterprise?: string;
}

const heldMs = 20_000;
const failedMs = 3_000;

/** Knows where the bot is installed, and keeps asking Slack whether it is still there. */
export class Installation {
  readonly #client: WebClient;
  readonly #clock: Clock;
  readonly #reach: Reach;
  readonly #log: Logger;
  #installed: Installed | undefined;

  constructor(deps: { client: WebClient; clock: Clock; reach: Reach; log: Logger }) {
    this.#client = deps.client;
    this.#clock = deps.clock;
    this.#reach = deps.reach;
    this.#log = deps.log;
  }

  /** Undefined until Slack has answered once. */
  get known(): Installed | undefined {
    return this.#installed;
  }

  /** Asks once. Throws SlackRefused where Slack does not accept the token; an absent Slack is no error. */
  async ask(): Promise<Installed | undefined> {
    try {
      const { user_id, bot_id, team_id, enterprise_id } = await this.#client.auth.test();
      this.#installed = {
        botUser: user_id ?? '',
        ...(bot_id === undefined ? {} : { botId: bot_id }),
        team: team_id ?? '',
        ...(enterprise_id === undefined || enterprise_id === null
          ? {}
          : { enterprise: enterprise_id }),
      };
      this.#reach.holds('api');
    } catch (error) {
      const problem = slackProblem(error);
      this.#reach.fails('api', problem.why);
      if (problem.kind === 'token') {
        throw new SlackRefused('SLACK_BOT_TOKEN', problem.why, { cause: error });
      }
    }
    return this.#installed;
  }

  /** Asks again and again until `signal` aborts: what readiness and the outage clock go by. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const well = await this.ask().catch((error: unknown) => {
        this.#log.error({ err: error }, 'Slack refuses the bot token');
        return undefined;
      });
      const held = well !== undefined && !this.#reach.has('api');
      await this.#clock.sleep(held ? heldMs : failedMs, signal).catch(() => undefined);
    }
  }
}
