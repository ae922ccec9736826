import type { LocalSlack } from './slack/local-slack.ts';
import { localWorkspace } from './slack/workspace.ts';

/** What is said of a local Slack that runs alone: its page, and what a bot is started with to be in it. */
export function aloneLines(slack: LocalSlack): readonly string[] {
  const { people, groups } = localWorkspace;
  const { channels } = slack;
  return [
    'A local Slack runs. Its page, where commands are typed and buttons pressed:',
    '',
    `    ${slack.url}`,
    '',
    'Start a bot in it, in another terminal:',
    '',
    `    export SLACK_API_URL=${slack.apiUrl}`,
    `    export SLACK_BOT_TOKEN=${slack.botToken} SLACK_APP_TOKEN=${slack.appToken}`,
    '    node dist/main.js start --config pointsman.yaml',
    '',
    `pointsman.yaml may name the channels ${channels.map(({ id }) => id).join(', ')},`,
    `the people ${people.map(({ id }) => id).join(', ')}`,
    `and the groups ${groups.map(({ id, users }) => `${id} (${users.join(', ')})`).join(', ')}.`,
    'Ctrl-C ends it; nothing of it is kept.',
  ];
}
