import type { Side } from '../../src/release/vocabulary.ts';
import { waitUntil } from '../../test/support/wait-until.ts';
import { visibleText } from '../slack/message.ts';
import { request } from '../traffic/fresh-load.ts';
import { proofSteps } from './audit-steps.ts';
import { lastLoadStep, loadSteps, onlyAnswersFrom } from './load-steps.ts';
import { approve, ask, ended, pressAccept } from './release-steps.ts';
import { nodesHold, type Scene, untilState } from './scene.ts';
import { expectThat, type Step } from './step.ts';

const onBlue = { memory: 'blue', disk: 'blue' };
const onGreen = { memory: 'green', disk: 'green' };

/** Deploy green, go there, stop blue; finish, which is the same back; and one more that is taken back in flight. */
export const deploySteps: readonly Step<Scene>[] = [
  ...loadSteps,
  holds('Everything is on blue', 'at the start', onBlue),
  servers('Green does not run', 'green', /^DOWN/),
  { name: 'Rita asks for version 2.0.0 on green', deadline: 15_000, run: ask },
  {
    name: 'Ann approves; green is deployed and comes up, then switched, smoke tested and baked',
    deadline: 60_000,
    run: approve,
  },
  said('checkout-1', /Deploying 2\.0\.0 to green/, /jobs are still running on blue/),
  under('green'),
  runs('2.0.0'),
  { name: 'Rita accepts; blue is drained, then stopped', deadline: 45_000, run: accept },
  holds('Memory and disk of every node are on green', 'checkout-1 completed', onGreen),
  servers('Blue does not run any more', 'blue', /^DOWN/),
  {
    name: 'Rita finishes: the same version is deployed to blue',
    deadline: 15_000,
    run: (scene) => finish(scene),
  },
  {
    name: 'Ann approves, Rita accepts: back on blue',
    deadline: 90_000,
    run: (scene) => wholeWay(scene, 'checkout-2'),
  },
  holds('Memory and disk of every node are on blue', 'checkout-2 completed', onBlue),
  runs('2.0.0'),
  servers('Green does not run any more', 'green', /^DOWN/),
  {
    name: 'A release of 3.0.0 is taken back before it is accepted, at once',
    deadline: 90_000,
    run: takenBack,
  },
  under('blue'),
  holds('Memory and disk of every node are on blue', 'checkout-3 aborted', onBlue),
  servers('Green was stopped once nobody was left there', 'green', /^DOWN/),
  lastLoadStep,
  ...proofSteps,
];

function holds(name: string, when: string, expected: typeof onBlue): Step<Scene> {
  return { name, deadline: 10_000, run: (scene) => nodesHold(scene, when, expected) };
}

function under(side: Side): Step<Scene> {
  return {
    name: `Under load only ${side} answers`,
    deadline: 10_000,
    run: (scene) => onlyAnswersFrom(scene.load, side),
  };
}

/** What HAProxy says of a side's server on every node, waited for. */
function servers(name: string, side: Side, status: RegExp): Step<Scene> {
  return {
    name,
    deadline: 20_000,
    run: async ({ fleet }) => {
      let found: readonly string[] = [];
      const seen = async () => {
        const rows = await Promise.all(
          fleet.nodes.map((node) => node.ask(`show stat backend_${side} 4 -1`)),
        );
        found = rows.map((csv) => csv.split('\n')[1]?.split(',')[17] ?? 'unknown');
        return found.every((one) => status.test(one));
      };
      await waitUntil(seen, { what: `${side} to be ${status}`, timeout: 15_000 });
      return `${side} is ${[...new Set(found)].join(', ')} on ${found.length} nodes`;
    },
  };
}

/** What the scripts wrote stands in the release's thread. */
function said(release: string, ...lines: readonly RegExp[]): Step<Scene> {
  return {
    name: 'The thread shows what the scripts said',
    deadline: 10_000,
    run: async (scene) => {
      const message = await untilState(scene, release, 'Awaiting acceptance', 2_000);
      const text = scene.slack.replies(message.ts).map(visibleText).join('\n');
      for (const line of lines)
        expectThat(line.test(text), `${line} is not in the thread:\n${text}`);
      return lines.map((line) => line.exec(text)?.[0]).join('; ');
    },
  };
}

function runs(version: string): Step<Scene> {
  return {
    name: `Version ${version} serves`,
    deadline: 10_000,
    run: async (scene) => {
      const bodies = await Promise.all(
        scene.fleet.nodes.map(
          async ({ frontend }) => (await request(`${frontend}/release`, scene.host)).body,
        ),
      );
      const wrong = bodies.find((body) => !body.includes(` release=${version}`));
      expectThat(wrong === undefined, `Another version answered: ${wrong}`);
      return bodies[0]?.trim() ?? '';
    },
  };
}

async function accept(scene: Scene): Promise<string> {
  await pressAccept(scene);
  const sentence = await ended(scene, 'checkout-1', 40_000);
  scene.onGreenAt = new Date().toISOString();
  return sentence;
}

async function finish(scene: Scene): Promise<string> {
  const asked = await scene.slack.asUser('rita').command('/release', `finish ${scene.service}`);
  expectThat(asked.error === undefined, `Slack says "${asked.error}": the bot did not take it.`);
  await untilState(scene, 'checkout-2', 'Awaiting approval', 12_000);
  return 'checkout-2 awaits approval';
}

async function press(scene: Scene, id: string, who: string, label: string, state: string) {
  const message = await untilState(scene, id, state, 60_000);
  const pressed = await scene.slack.asUser(who).press(message, label);
  expectThat(pressed.error === undefined, `Slack says "${pressed.error}": it was not taken.`);
}

async function wholeWay(scene: Scene, id: string): Promise<string> {
  await press(scene, id, 'ann', 'Approve', 'Awaiting approval');
  await press(scene, id, 'rita', 'Accept', 'Awaiting acceptance');
  return ended(scene, id, 40_000);
}

async function takenBack(scene: Scene): Promise<string> {
  const id = 'checkout-3';
  const rita = scene.slack.asUser('rita');
  const asked = await rita.command('/release', `${scene.service} version 3.0.0`);
  expectThat(asked.error === undefined, `Slack says "${asked.error}": the bot did not take it.`);
  await press(scene, id, 'ann', 'Approve', 'Awaiting approval');
  await press(scene, id, 'rita', 'Roll back', 'Awaiting acceptance');
  const message = await untilState(scene, id, 'Aborted', 40_000);
  scene.endings.set(id, message);
  return `${id} aborted`;
}
