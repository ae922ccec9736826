import { Agent, get } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { Answers } from '../../../../demo/traffic/answers.ts';
import { startFreshLoad } from '../../../../demo/traffic/fresh-load.ts';
import type { TestFleet } from '../../../support/haproxy.ts';
import { openGate } from '../../../support/open-gate.ts';
import { aConfigFleet, configRouteOn, lb1, reached, settledFleet } from './config-bed.ts';

let fleet: TestFleet;
afterEach(async () => {
  await fleet.end();
});

/** There and back, so many reloads. */
async function switches(count: number): Promise<void> {
  const route = configRouteOn(fleet);
  for (let i = 0; i < count; i += 1) {
    const { worker } = await reached(route);
    const armed = await route.arm(lb1, i % 2 === 0 ? 'green' : 'blue', worker);
    expect((await armed.fire(openGate)).kind).toBe('accepted');
  }
}

test('new connections lose nothing by a switch', async () => {
  fleet = await settledFleet(aConfigFleet().withServers(2));
  const answers = new Answers('lb-1');
  const url = `${fleet.node(0).frontend}/release`;
  const load = startFreshLoad({ url, host: 'www', callers: 4, answers });

  await switches(4);
  await load.stop();

  expect([answers.failed, answers.failures]).toEqual([0, []]);
  expect(Math.min(answers.from.blue, answers.from.green)).toBeGreaterThan(20);
});

test('kept connections lose nothing with idle-close-on-response, where the client minds that they are closed', async () => {
  const frontend = 'option idle-close-on-response\n    default_backend backend_blue';
  fleet = await settledFleet(aConfigFleet().withFrontend(frontend).withServers(2));
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const answers = new Answers('lb-1');
  let stopped = false;
  const callers = Array.from({ length: 4 }, async () => {
    while (!stopped) await once(agent, answers);
  });

  await switches(4);
  stopped = true;
  await Promise.all(callers);
  agent.destroy();

  expect([answers.failed, answers.failures]).toEqual([0, []]);
  expect(Math.min(answers.from.blue, answers.from.green)).toBeGreaterThan(20);
});

/** One GET on a connection that is kept, and counted. */
function once(agent: Agent, answers: Answers): Promise<void> {
  const url = new URL('/release', fleet.node(0).frontend);
  return new Promise((resolve) => {
    const asked = get(url, { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.once('close', () => {
        answers.count(response.complete ? (response.statusCode ?? 0) : 0, body);
        resolve();
      });
    });
    asked.once('error', (error) => {
      answers.fail(error.message);
      resolve();
    });
  });
}
