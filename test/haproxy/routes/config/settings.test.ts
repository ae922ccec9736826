import { expect, test } from 'vitest';
import { configOf, type LooseFile, problemsOf } from '../../../config/config-text.ts';

/** The smallest file, its service moved by configuration. */
function byConfig(file: LooseFile): void {
  const [node] = file.fleets.edge.nodes;
  delete node.map_file;
  node.master = 'unix:///run/haproxy/master.sock';
  node.config_file = 'file:///etc/haproxy/haproxy.cfg';
  file.services.checkout.route = { kind: 'config', frontend: 'www' };
}

function targetOf(change: (file: LooseFile) => void = () => {}) {
  const config = configOf((file: LooseFile) => {
    byConfig(file);
    change(file);
  });
  return config.services.get('checkout')?.target;
}

test('a frontend, and what its nodes need', () => {
  expect(targetOf()).toEqual({
    kind: 'config',
    frontend: 'www',
    reloadMs: 30_000,
    sides: { blue: 'backend_blue', green: 'backend_green' },
    nodes: [
      {
        node: 'lb-1',
        runtime: 'unix:///run/haproxy/admin.sock',
        frontend: 'http://127.0.0.1:8080',
        master: 'unix:///run/haproxy/master.sock',
        configFile: 'file:///etc/haproxy/haproxy.cfg',
        check: ['haproxy', '-c', '-f', '{file}'],
      },
    ],
    traits: { disk: 'with_memory' },
  });
});

test('a use_backend line by its condition, a check of one’s own, and a patient reload', () => {
  const check = ['sudo', 'haproxy', '-c', '-f', '/etc/haproxy/base.cfg', '-f', '{file}'];
  const target = targetOf((file) => {
    file.fleets.edge.nodes[0].check = check;
    const { route } = file.services.checkout;
    route.use_backend = 'if  is_shop';
    route.reload = '2m';
  });

  expect(target).toMatchObject({ useBackend: 'if is_shop', reloadMs: 120_000, nodes: [{ check }] });
});

test('what is missing, and what cannot be, is said where it stands', () => {
  const broken = problemsOf((file) => {
    byConfig(file);
    const [node] = file.fleets.edge.nodes;
    delete node.master;
    delete node.config_file;
  });
  const wrong = problemsOf((file) => {
    byConfig(file);
    file.fleets.edge.nodes[0].check = ['haproxy', '-c'];
    Object.assign(file.services.checkout.route, { use_backend: 'is_shop', key: 'active' });
  });

  expect(broken).toEqual([
    "fleets.edge.nodes[0].master: expected the master's socket, such as unix:///run/haproxy/master.sock, found nothing; services.checkout has route config",
    'fleets.edge.nodes[0].config_file: expected file:///path of its haproxy.cfg, found nothing; services.checkout has route config',
  ]);
  expect(wrong).toEqual([
    'fleets.edge.nodes[0].check: expected a list of a program and its arguments, one of them with {file} in it, found a list',
    'services.checkout.route.use_backend: expected the condition of a use_backend line, such as "if is_shop", found "is_shop"',
    'services.checkout.route.key: expected one of the keys kind, frontend, use_backend, reload, found "key"',
  ]);
});

test('two services that move the same line are refused, two lines of one frontend are not', () => {
  const add = (useBackend: string) => (file: LooseFile) => {
    byConfig(file);
    file.services.checkout.route.use_backend = 'if is_shop';
    file.services.shop = structuredClone(file.services.checkout);
    file.services.shop.route.use_backend = useBackend;
  };

  expect(problemsOf(add('if   is_shop'))).toEqual([
    expect.stringMatching(
      /^services\.shop\.route\.frontend: expected a line of its own, found .*the same line of the same haproxy\.cfg/,
    ),
  ]);
  expect(configOf(add('if is_api')).services.size).toBe(2);
});
