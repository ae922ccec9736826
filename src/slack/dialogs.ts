import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { slackProblem } from './slack-problem.ts';

/** Opens dialogs. None can fail its caller. */
export class Dialogs {
  readonly #client: Pick<WebClient, 'views'>;
  readonly #log: Logger;

  constructor({ client, log }: { client: Pick<WebClient, 'views'>; log: Logger }) {
    this.#client = client;
    this.#log = log;
  }

  /** Undefined where it is open, else the sentence why not. */
  async open(trigger: string | undefined, view: ModalView): Promise<string | undefined> {
    try {
      await this.#client.views.open({ trigger_id: trigger ?? '', view });
      return undefined;
    } catch (error) {
      const { why } = slackProblem(error);
      this.#log.warn(`a dialog could not be opened: ${why}`);
      return why.includes('expired_trigger_id')
        ? 'The dialog came too late: Slack waits three seconds for it. Nothing was done.'
        : `The dialog could not be opened: ${why}. Nothing was done.`;
    }
  }
}
