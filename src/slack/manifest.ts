import { stringify } from 'yaml';
import type { Config } from '../config/config.ts';
import { eventsPath } from './signed-http.ts';
import { slacksOwn } from './slacks-own.ts';

type Commands = Config['slack']['commands'];

export const defaultCommands: Commands = {
  release: ['/release'],
  rollback: ['/rollback'],
  status: ['/status', '/release-status'],
};

const described: Readonly<Record<keyof Commands, readonly [string, string]>> = {
  release: [
    'Move a service to its other side',
    '<service> [blue|green] [version <v>] [because <reason>]',
  ],
  rollback: ['Go back to the stable side, at once', '<service> [because <reason>]'],
  status: [
    'See what is live, and whether all nodes agree',
    '[<service>] | history [<service>] | at <time> <service>',
  ],
};

const scopes = [
  'commands',
  'chat:write',
  'app_mentions:read',
  'usergroups:read',
  'users:read',
  'files:write',
];

/**
 * The app manifest for Slack's "create from manifest", as YAML. `publicUrl`: where Slack reaches the bot over signed
 * HTTP, without a path; undefined: Socket Mode.
 */
export function manifestOf(commands: Commands = defaultCommands, publicUrl?: string): string {
  const url = publicUrl === undefined ? undefined : `${publicUrl.replace(/\/+$/, '')}${eventsPath}`;
  const reached = url === undefined ? {} : { request_url: url };
  return stringify(
    {
      _metadata: { major_version: 2, minor_version: 1 },
      display_information: {
        name: 'Pointsman',
        description: 'Moves traffic between blue and green, with approval and proof',
        background_color: '#1d3557',
      },
      features: {
        app_home: { home_tab_enabled: true, messages_tab_enabled: false },
        bot_user: { display_name: 'pointsman', always_online: true },
        slash_commands: (['release', 'rollback', 'status'] as const).flatMap((word) =>
          commands[word]
            .filter((command) => !slacksOwn.has(command))
            .map((command) => ({
              command,
              ...(url === undefined ? {} : { url }),
              description: described[word][0],
              usage_hint: described[word][1],
              should_escape: true,
            })),
        ),
      },
      oauth_config: { scopes: { bot: scopes } },
      settings: {
        event_subscriptions: { ...reached, bot_events: ['app_mention', 'app_home_opened'] },
        interactivity: { is_enabled: true, ...reached },
        org_deploy_enabled: false,
        socket_mode_enabled: url === undefined,
        token_rotation_enabled: false,
      },
    },
    { lineWidth: 0 },
  );
}
