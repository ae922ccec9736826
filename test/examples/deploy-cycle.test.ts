import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { routeSettings } from '../../src/haproxy/routes/all.ts';
import type { HookPlan, HookPoint } from '../../src/release/plan.ts';
import { Bench, checkoutFor } from '../engine/bench.ts';
import { freePort } from '../support/free-port.ts';
import { aFleet, type TestFleet } from '../support/haproxy.ts';
import { plainSides } from '../support/two-backends.ts';
import { waitUntil } from '../support/wait-until.ts';

const example = join(import.meta.dirname, '../../examples/deploy-cycle');
/** The application of the example, as far as its scripts and checks know it. */
const application = `
  const [side, port] = process.argv.slice(1);
  const server = require('node:http').createServer((request, response) => {
    if (request.url === '/jobs/running') response.end('0');
    else response.end('version=' + side + ' release=' + process.env.VERSION);
  });
  // While the side was stopped, somebody's outgoing connection may have had its port.
  server.on('error', () => setTimeout(listen, 50));
  const listen = () => server.listen(Number(port), '127.0.0.1');
  listen();
`;

let folder: string;
let fleet: TestFleet;
let bench: Bench;
let ports: Readonly<Record<'blue' | 'green', number>>;

const pidOf = (side: string): number | undefined => {
  const file = join(folder, `${side}.pid`);
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
};

/** In the place of docker: `up` starts the application of a side, `stop` ends it. No container is needed to try the scripts. */
function fakeDocker(): string {
  const script = `#!/bin/sh
set -eu
for side in "$@"; do :; done
case "$side" in blue) port=${ports.blue} ;; green) port=${ports.green} ;; esac
echo "$*" >> ${folder}/said
case "$*" in
  *" up "*)
    [ ! -s ${folder}/$side.pid ] || { kill "$(cat ${folder}/$side.pid)" || :; }
    setsid ${process.execPath} -e '${application.replaceAll("'", '"')}' -- "$side" "$port" > /dev/null 2>&1 &
    echo $! > ${folder}/$side.pid
    # A hook's own group ends with it: until the application has one of its own it would end, too.
    until [ "$(cut -d ' ' -f 5 /proc/$!/stat)" = $! ]; do sleep 0.02; done ;;
  *" stop "*) kill "$(cat ${folder}/$side.pid)"; rm ${folder}/$side.pid ;;
esac
`;
  const bin = join(folder, 'bin');
  cpSync(join(example, 'hooks'), bin, { recursive: true });
  for (const name of ['deploy.sh', 'pause-jobs.sh', 'stop.sh']) {
    const text = readFileSync(join(bin, name), 'utf8')
      .replaceAll('8001', String(ports.blue))
      .replaceAll('8101', String(ports.green));
    writeFileSync(join(bin, name), text);
  }
  writeFileSync(join(bin, 'docker'), script);
  chmodSync(join(bin, 'docker'), 0o755);
  return bin;
}

/** The hooks of the example's pointsman.yaml, its scripts where the test has put them. */
function hooksIn(bin: string): Readonly<Partial<Record<HookPoint, HookPlan>>> {
  const loaded = loadConfig(join(example, 'pointsman.yaml'), routeSettings);
  if (loaded.kind === 'broken') throw new Error(loaded.problems.join('\n'));
  const hooks = loaded.config.services.get('checkout')?.hooks ?? {};
  return JSON.parse(JSON.stringify(hooks).replaceAll('/etc/pointsman/hooks', bin));
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pm-cycle-'));
  ports = { blue: await freePort(), green: await freePort() };
  const backends = (['blue', 'green'] as const).map(
    (side) => `backend cycle_${side}
    option httpchk GET /healthz
    default-server check inter 50ms fall 2 rise 1
    server ${side[0]}1 127.0.0.1:${ports[side]}`,
  );
  fleet = await aFleet()
    .withNodes(2)
    .withMap('active cycle_blue\n')
    .withSection(backends.join('\n\n'))
    .start();
});

afterEach(async () => {
  await bench.end();
  await fleet.end();
  for (const pid of [pidOf('blue'), pidOf('green')]) if (pid !== undefined) process.kill(pid);
  rmSync(folder, { recursive: true, force: true });
});

test('the scripts of the example go round: deploy green, up, forward, drained, blue stopped; finish goes back to blue', async () => {
  const bin = fakeDocker();
  spawnSync(join(bin, 'deploy.sh'), ['blue', '1'], {
    env: { PATH: `${bin}:${process.env.PATH}` },
    stdio: 'ignore',
  });
  const target = { ...fleet.target(), ...plainSides('cycle_blue', 'cycle_green') };
  const config = checkoutFor(target, {
    approval: { approvers: 0, selfApproval: false, expiresMs: 60_000 },
    gates: { healthyReadings: 2, minimumHealthy: 'all', timeoutMs: 20_000 },
    accept: 'auto',
    hooks: hooksIn(bin),
  });
  bench = new Bench(config, { hookVariables: { PATH: `${bin}:${process.env.PATH}` } });
  await waitUntil(async () => /cycle_blue,b1,.*UP/.test(await fleet.node(1).ask('show stat')));

  await bench.ask('U0RITA', { kind: 'release', service: 'checkout', version: '2' });
  await bench.until('checkout-1', 'completed');
  const onGreen = [pidOf('blue'), pidOf('green')];
  const answer = await (await fetch(fleet.node(0).frontend)).text();
  await bench.ask('U0RITA', { kind: 'finish', service: 'checkout' });
  await bench.until('checkout-2', 'completed');

  expect(onGreen).toEqual([undefined, expect.any(Number)]);
  expect(answer).toBe('version=green release=2');
  expect(readFileSync(join(folder, 'said'), 'utf8').trim().split('\n')).toEqual([
    'compose -f compose.yaml up --detach --no-deps blue',
    'compose -f compose.yaml up --detach --no-deps green',
    'compose -f compose.yaml stop blue',
    'compose -f compose.yaml up --detach --no-deps blue',
    'compose -f compose.yaml stop green',
  ]);
  expect(await (await fetch(fleet.node(1).frontend)).text()).toBe('version=blue release=2');
});
