import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultCommands, manifestOf } from '../../src/slack/manifest.ts';

test('the manifest at the root is the one for the default names', () => {
  const file = readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8');

  expect(file).toBe(manifestOf());
  expect(file).toBe(manifestOf(defaultCommands));
});

test('Slack reserves /status: it is answered, and never registered', () => {
  const { features } = parse(manifestOf());

  expect(features.slash_commands.map(({ command }: { command: string }) => command)).toEqual([
    '/release',
    '/rollback',
    '/release-status',
  ]);
});

test('the manifest asks for the scopes that are used, and for no other', () => {
  const { oauth_config, settings } = parse(manifestOf());

  expect(oauth_config.scopes.bot).toEqual([
    'commands',
    'chat:write',
    'app_mentions:read',
    'usergroups:read',
    'users:read',
    'files:write',
  ]);
  expect(settings).toEqual({
    event_subscriptions: { bot_events: ['app_mention', 'app_home_opened'] },
    interactivity: { is_enabled: true },
    org_deploy_enabled: false,
    socket_mode_enabled: true,
    token_rotation_enabled: false,
  });
});

test('with a public address, Slack delivers there, under configured names', () => {
  const commands = { release: ['/ship'], rollback: ['/back'], status: ['/status', '/live'] };

  const { features, settings } = parse(manifestOf(commands, 'https://bot.example.com/'));

  const url = 'https://bot.example.com/slack/events';
  expect(
    features.slash_commands.map((one: { command: string; url: string }) => [one.command, one.url]),
  ).toEqual([
    ['/ship', url],
    ['/back', url],
    ['/live', url],
  ]);
  expect(settings.socket_mode_enabled).toBe(false);
  expect(settings.interactivity).toEqual({ is_enabled: true, request_url: url });
  expect(settings.event_subscriptions.request_url).toBe(url);
});
