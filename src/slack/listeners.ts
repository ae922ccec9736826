import type { App, BlockAction, ButtonAction, ViewSubmitAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { cancelCallback } from './cancel-dialog.ts';
import type { Desk } from './desk.ts';
import { homeTab } from './home-tab.ts';
import type { InFlight } from './in-flight.ts';

export interface ListenerDeps {
  readonly desk: Desk;
  readonly inFlight: InFlight;
  readonly client: WebClient;
  readonly commands: Config['slack']['commands'];
  readonly log: Logger;
}

/**
 * Hears everything Slack can deliver. The ack is sent first, always, and its failure keeps nothing from being done:
 * what Slack then delivers again is known by its content.
 */
export function listen(app: App, deps: ListenerDeps): void {
  const { desk } = deps;
  const work = (what: string, ack: (() => Promise<void>) | undefined, task: () => Promise<void>) =>
    deps.inFlight.track(
      (async () => {
        await ack?.().catch((error: unknown) => {
          deps.log.warn({ err: error }, `${what} could not be acknowledged`);
        });
        await task().catch((error: unknown) => {
          deps.log.error({ err: error }, `${what} could not be worked on`);
        });
      })(),
    );

  app.command(/.*/, ({ ack, command }) =>
    work(
      'a command',
      () => ack(),
      () => desk.command(command),
    ),
  );
  app.action<BlockAction>({ type: 'block_actions' }, ({ ack, body, action }) =>
    work(
      'a press',
      () => ack(),
      () => desk.press(body, action as ButtonAction),
    ),
  );
  app.view<ViewSubmitAction>(
    { type: 'view_submission', callback_id: cancelCallback },
    ({ ack, body }) =>
      work(
        'a dialog',
        () => ack(),
        () => desk.submit(body),
      ),
  );
  app.event('app_mention', ({ event }) => {
    // Another app's words are no person's: two bots that mention each other would never end.
    if (event.bot_id !== undefined || event.user === undefined) return Promise.resolve();
    const { user, text, channel, ts, thread_ts: thread } = event;
    const team = authorTeam(event);
    return work('a mention', undefined, () =>
      desk.mention({
        user,
        text,
        channel,
        ts,
        ...(thread === undefined ? {} : { thread }),
        ...(team === undefined ? {} : { team }),
      }),
    );
  });
  app.event('app_home_opened', ({ event }) => {
    if (event.tab !== 'home') return Promise.resolve();
    return work('a Home tab', undefined, async () => {
      const view = homeTab(deps.commands, await desk.help(event.user));
      await deps.client.views.publish({ user_id: event.user, view });
    });
  });
}

/** The workspace of who wrote it: in a shared channel, not the one it was delivered to. */
function authorTeam(event: object): string | undefined {
  const { user_team, source_team, team } = event as Record<string, unknown>;
  return [user_team, source_team, team].find((one): one is string => typeof one === 'string');
}
