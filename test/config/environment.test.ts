import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { withSecretFiles } from '../../src/config/secret-files.ts';

const socket = { SLACK_BOT_TOKEN: 'xoxb-1-planted', SLACK_APP_TOKEN: 'xapp-1-planted' };
const http = { SLACK_BOT_TOKEN: 'xoxb-1-planted', SLACK_SIGNING_SECRET: 'planted', PORT: '3000' };

describe('the environment', () => {
  test('selects Socket Mode by the app token', () => {
    expect(readEnvironment({ ...socket, UNRELATED: 'x' })).toEqual({
      kind: 'environment',
      environment: {
        botToken: 'xoxb-1-planted',
        connection: { kind: 'socket', appToken: 'xapp-1-planted' },
        host: '127.0.0.1',
        logLevel: 'info',
      },
    });
  });

  test('selects signed HTTP by the signing secret and a port', () => {
    const more = { HOST: '0.0.0.0', LOG_LEVEL: 'DEBUG', SLACK_API_URL: 'http://127.0.0.1:9/api/' };

    expect(readEnvironment({ ...http, ...more })).toEqual({
      kind: 'environment',
      environment: {
        botToken: 'xoxb-1-planted',
        connection: { kind: 'http', signingSecret: 'planted', port: 3000 },
        port: 3000,
        host: '0.0.0.0',
        slackApiUrl: 'http://127.0.0.1:9/api/',
        logLevel: 'debug',
      },
    });
  });

  test('may give a port for health in Socket Mode too', () => {
    expect(readEnvironment({ ...socket, PORT: '8080' })).toMatchObject({
      environment: { port: 8080, connection: { kind: 'socket' } },
    });
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    [
      'both ways in',
      { ...socket, ...http },
      'SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET and PORT for signed HTTP, not both',
    ],
    [
      'no way in',
      { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: ' ' },
      'Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set: set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET and PORT for signed HTTP',
    ],
    [
      'no bot token',
      { SLACK_APP_TOKEN: 'xapp-1' },
      "SLACK_BOT_TOKEN: expected the app's bot token, which begins with xoxb-, found nothing",
    ],
    [
      'the tokens swapped',
      { ...socket, SLACK_APP_TOKEN: 'xoxb-1-planted' },
      'SLACK_APP_TOKEN: expected a token that begins with xapp-, found another value (not shown)',
    ],
    [
      'no port for signed HTTP',
      { ...http, PORT: '' },
      'PORT: expected a port for signed HTTP (SLACK_SIGNING_SECRET is set), found nothing',
    ],
    [
      'a port that is none',
      { ...http, PORT: '70000' },
      'PORT: expected a port from 0 to 65535, found "70000"',
    ],
    [
      'a host that is none',
      { ...socket, HOST: 'a b' },
      'HOST: expected an address to listen on such as 127.0.0.1, found "a b"',
    ],
    [
      'another API without its end',
      { ...socket, SLACK_API_URL: 'https://slack-gov.com/api' },
      'SLACK_API_URL: expected an http or https address that ends in /api/, found "https://slack-gov.com/api"',
    ],
    [
      'a password in the API address',
      { ...socket, SLACK_API_URL: 'https://ann:planted@slack-gov.com/api/' },
      'SLACK_API_URL: expected an http or https address that ends in /api/, found another value (not shown)',
    ],
    [
      'another API in the clear',
      { ...socket, SLACK_API_URL: 'http://slack.example/api/' },
      'SLACK_API_URL: expected https, or http on the loopback, found "http://slack.example/api/"; the tokens would go over the network in the clear',
    ],
    [
      'an API that is the loopback by its looks alone',
      { ...socket, SLACK_API_URL: 'http://127.0.0.1.example/api/' },
      'SLACK_API_URL: expected https, or http on the loopback, found "http://127.0.0.1.example/api/"; the tokens would go over the network in the clear',
    ],
    [
      'an unknown log level',
      { ...socket, LOG_LEVEL: 'loud' },
      'LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent, found "loud"',
    ],
  ])('with %s is refused with one sentence that holds no secret', (_, variables, sentence) => {
    const reading = readEnvironment(variables);

    expect(reading).toEqual({ kind: 'broken', problems: [sentence] });
    expect(JSON.stringify(reading)).not.toContain('planted');
  });
});

test('secrets come from files where a file is named, and each problem is one sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-secrets-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const token = file('token', 'xoxb-1-from-a-file\n');
  const empty = file('empty', ' \n');

  const good = withSecretFiles({ SLACK_BOT_TOKEN_FILE: token, PORT: '1' });
  const bad = withSecretFiles({
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_BOT_TOKEN_FILE: token,
    SLACK_APP_TOKEN_FILE: empty,
    SLACK_SIGNING_SECRET_FILE: `${folder}/gone`,
  });

  expect(good.variables).toMatchObject({ SLACK_BOT_TOKEN: 'xoxb-1-from-a-file', PORT: '1' });
  expect(good.problems).toEqual([]);
  expect(bad.problems).toEqual([
    'SLACK_BOT_TOKEN: expected it or SLACK_BOT_TOKEN_FILE, found both',
    `SLACK_APP_TOKEN_FILE: expected a file with the secret, found nothing in ${empty}`,
    `SLACK_SIGNING_SECRET_FILE: expected a file with the secret, found ENOENT at ${folder}/gone`,
  ]);
  rmSync(folder, { recursive: true });
});
