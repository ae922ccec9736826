import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { LocalSlack } from '../../../demo/slack/local-slack.ts';

const quiet = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** The real Bolt app on a local Slack, over sockets, not yet started; reconnects after a second. */
export function aSocketApp(slack: LocalSlack): App {
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    clientPingTimeout: 1000,
    logger: quiet,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  return new App({
    token: slack.botToken,
    receiver,
    clientOptions: { slackApiUrl: slack.apiUrl },
    logger: quiet,
  });
}

/** The real Bolt app behind a request URL, started. */
export async function anHttpApp(slack: LocalSlack): Promise<App> {
  const app = new App({
    token: slack.botToken,
    signingSecret: slack.signingSecret,
    clientOptions: { slackApiUrl: slack.apiUrl },
    logger: quiet,
  });
  const server = (await app.start({ port: 0, host: '127.0.0.1' })) as {
    address(): { port: number };
  };
  slack.deliverTo(`http://127.0.0.1:${server.address().port}/slack/events`);
  return app;
}
