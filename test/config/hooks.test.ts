import { expect, test } from 'vitest';
import { hookVariables } from '../../src/config/hook-variables.ts';
import { configOf } from './config-text.ts';

test("the design's own example loads: a command with its defaults, and a call", () => {
  const { services } = configOf((file) => {
    file.services.checkout.hooks = {
      deploy: { run: ['docker', 'compose', 'up', '-d', 'green'], timeout: '5m' },
      after_completed: { post: 'https://ci.example/done' },
    };
  });

  expect(services.get('checkout')?.hooks).toEqual({
    deploy: {
      kind: 'run',
      argv: ['docker', 'compose', 'up', '-d', 'green'],
      environment: [],
      timeoutMs: 300_000,
      idempotent: false,
      pointOfNoReturn: false,
    },
    after_completed: {
      kind: 'post',
      url: 'https://ci.example/done',
      timeoutMs: 300_000,
      idempotent: false,
      pointOfNoReturn: false,
    },
  });
});

test('another hook is another configuration: what was approved no longer stands', () => {
  const digestOf = (command: string) =>
    configOf((file) => {
      file.services.checkout.hooks = { deploy: { run: [command] } };
    }).services.get('checkout')?.digest;

  expect(digestOf('deploy')).not.toBe(digestOf('another'));
});

test('hooks see PATH and what is listed, and no secret of the bot under another name', () => {
  const config = configOf((file) => {
    file.services.checkout.hooks = {
      deploy: { run: ['deploy'], environment: ['DOCKER_HOST', 'MY_TOKEN', 'NOT_SET'] },
    };
  });

  const variables = hookVariables(config, {
    PATH: '/bin',
    DOCKER_HOST: 'unix:///run/docker.sock',
    HOME: '/root',
    SLACK_BOT_TOKEN: 'xoxb-1234',
    MY_TOKEN: 'token=xoxb-1234',
  });

  expect(variables).toEqual({ PATH: '/bin', DOCKER_HOST: 'unix:///run/docker.sock' });
});
