import type { AuthTestResponse, WebClient } from '@slack/web-api';
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
  /** The app's own id, where Slack has told it: what Slack delivers names it. */
  readonly app?: string;
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
  #app: { readonly id?: string } | undefined;

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
      this.#installed = this.#installedOf(await this.#client.auth.test());
      this.#reach.holds('api');
      if (this.#app === undefined) await this.#askApp(this.#installed);
    } catch (error) {
      const problem = slackProblem(error);
      this.#reach.fails('api', problem.why);
      if (problem.kind === 'token') {
        throw new SlackRefused('SLACK_BOT_TOKEN', problem.why, { cause: error });
      }
    }
    return this.#installed;
  }

  #installedOf(told: AuthTestResponse): Installed {
    if (told.app_id !== undefined) this.#app = { id: told.app_id };
    const { enterprise_id: enterprise = null } = told;
    return {
      botUser: told.user_id ?? '',
      ...(told.bot_id === undefined ? {} : { botId: told.bot_id }),
      team: told.team_id ?? '',
      ...(enterprise === null ? {} : { enterprise }),
      ...(this.#app?.id === undefined ? {} : { app: this.#app.id }),
    };
  }

  /** Where auth.test does not tell the app's id, the bot's own record does; without it that one check is left out. */
  async #askApp(installed: Installed): Promise<void> {
    if (installed.botId === undefined) return;
    try {
      const { bot } = await this.#client.bots.info({ bot: installed.botId });
      this.#app = bot?.app_id === undefined ? {} : { id: bot.app_id };
      this.#installed = { ...installed, ...(bot?.app_id === undefined ? {} : { app: bot.app_id }) };
    } catch (error) {
      const problem = slackProblem(error);
      if (problem.kind === 'later') return;
      this.#app = {};
      this.#log.warn(
        `The app's own id is not known, so deliveries are not compared with it: ${problem.why}`,
      );
    }
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
