import { expect, test } from 'vitest';
import type { LooseFile } from '../../../../config/config-text.ts';
import { configOf, problemsOf } from '../../../../config/config-text.ts';

const path = 'services.checkout';
const urls = (server: string) => ({
  server,
  enable: `http://${server}.example/on`,
  disable: `http://${server}.example/off`,
  state: `https://${server}.example:8443/state?a=b`,
});

function byHealth(file: LooseFile, route: object = {}, sides: object = {}): void {
  const [node] = file.fleets.edge.nodes;
  delete node.map_file;
  node.config_file = 'file:///etc/haproxy/haproxy.cfg';
  file.services.checkout.route = { kind: 'sessions', by: 'health', backend: 'app', ...route };
  file.services.checkout.sides = { blue: [urls('b1')], green: [urls('g1')], ...sides };
}

test('a service by health comes to its target, with the defaults', () => {
  const config = configOf((file) => byHealth(file));

  expect(config.services.get('checkout')?.target).toEqual({
    kind: 'sessions',
    by: 'health',
    backend: 'app',
    servers: { blue: ['b1'], green: ['g1'] },
    applications: { blue: [urls('b1')], green: [urls('g1')] },
    withinMs: 30_000,
    sides: { blue: 'b1', green: 'g1' },
    traits: { disk: 'none', sessionsStayMs: 1_800_000, keptBy: 'the applications' },
    nodes: [
      {
        node: 'lb-1',
        runtime: 'unix:///run/haproxy/admin.sock',
        frontend: 'http://127.0.0.1:8080',
        configFile: 'file:///etc/haproxy/haproxy.cfg',
      },
    ],
  });
});

const url = 'http://host:port/path or https://..., without user and quotes';

test.each([
  'ftp://b1.example/on',
  'http://me:secret@b1.example/on',
  "http://b1.example/'on",
  'http://b1.example/o n',
  'b1.example/on',
])('no address to POST to: %s', (wrong) => {
  const blue = [{ ...urls('b1'), enable: wrong }];

  expect(problemsOf((file) => byHealth(file, {}, { blue }))).toEqual([
    expect.stringMatching(
      new RegExp(`^${path}\\.sides\\.blue\\[0\\]\\.enable: expected ${url.replaceAll('.', '\\.')}`),
    ),
  ]);
});

test('an application that lacks an address, or stands on both sides, is refused', () => {
  const { state: _, ...without } = urls('b1');

  expect(problemsOf((file) => byHealth(file, {}, { blue: [without] }))).toEqual([
    `${path}.sides.blue[0].state: expected ${url}, found nothing`,
  ]);
  expect(problemsOf((file) => byHealth(file, {}, { green: [urls('b1')] }))).toEqual([
    `${path}.sides: expected each server once, found a mapping; b1 stands there twice; a server is on one side`,
  ]);
});
