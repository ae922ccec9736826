import { waitUntil } from '../../test/support/wait-until.ts';
import { buttonsOf } from '../slack/message.ts';
import { request } from '../traffic/fresh-load.ts';
import { sealSteps } from './audit-steps.ts';
import { lastLoadStep, loadSteps } from './load-steps.ts';
import { ended } from './release-steps.ts';
import { answerTo, firstLine, nodesHold, type Scene, shownState, untilState } from './scene.ts';
import { expectThat, type Step } from './step.ts';

const servers = ['web1', 'web2', 'web3'];

/** Every server in turn, single servers by hand, and a release that stops at the second server. */
export const serversPlay: readonly Step<Scene>[] = [
  ...loadSteps,
  holds('Every server is up', 'at the start', 'web1 UP, web2 UP, web3 UP'),
  {
    name: 'Rita asks for version 2.0.0, Ann approves; every server is taken in turn',
    deadline: 120_000,
    run: (scene) => rolling(scene, 'checkout-1', '2.0.0', 'Completed'),
  },
  runs(['2.0.0', '2.0.0', '2.0.0']),
  holds('Every server is up again', 'checkout-1 completed', 'web1 UP, web2 UP, web3 UP'),
  by('drain', 'web3', 'checkout-2'),
  by('maint', 'web2', 'checkout-3'),
  holds('Two servers are out', 'checkout-3 completed', 'web1 UP, web2 MAINT, web3 DRAIN'),
  { name: 'The last healthy server is not taken', deadline: 10_000, run: lastOne },
  by('ready', 'web2', 'checkout-4'),
  by('ready', 'web3', 'checkout-5'),
  {
    name: 'A release whose second server does not start stops there',
    deadline: 120_000,
    run: (scene) => rolling(scene, 'checkout-6', '3.0.0-broken', 'Needs attention'),
  },
  { name: 'Rita rolls back: what is out is put back', deadline: 60_000, run: putBack },
  runs(['3.0.0-broken', '2.0.0', '2.0.0']),
  holds('Every server is up', 'checkout-6 aborted', 'web1 UP, web2 UP, web3 UP'),
  lastLoadStep,
  ...sealSteps,
];

/** What HAProxy says of the servers on every node; a server that comes back needs its checks. */
function holds(name: string, when: string, memory: string): Step<Scene> {
  return {
    name,
    deadline: 20_000,
    run: async (scene) => {
      const isSo = async () =>
        (await scene.fleet.holds(scene.service)).every((held) => held.memory === memory);
      // Whatever it is in the end, the next line tells.
      await waitUntil(isSo, { timeout: 10_000 }).catch(() => undefined);
      return nodesHold(scene, when, { memory, disk: '-' });
    },
  };
}

function by(state: string, server: string, release: string): Step<Scene> {
  return {
    name: `Olaf: ${server} to ${state}`,
    deadline: 30_000,
    run: async (scene) => {
      const text = `${state} ${scene.service} ${server} because the demo shows it`;
      const asked = await scene.slack.asUser('olaf').command('/release', text);
      expectThat(asked.error === undefined, `Slack says "${asked.error}": it was not taken.`);
      return ended(scene, release, 20_000);
    },
  };
}

async function rolling(scene: Scene, id: string, version: string, end: string): Promise<string> {
  const rita = scene.slack.asUser('rita');
  const asked = await rita.command('/release', `${scene.service} version ${version}`);
  expectThat(asked.error === undefined, `Slack says "${asked.error}": the bot did not take it.`);
  const message = await untilState(scene, id, 'Awaiting approval', 12_000);
  const pressed = await scene.slack.asUser('ann').press(message, 'Approve');
  expectThat(pressed.error === undefined, `Slack says "${pressed.error}": it was not taken.`);
  if (end === 'Completed') return ended(scene, id, 100_000);
  const stopped = await untilState(scene, id, end, 100_000);
  const labels = buttonsOf(stopped).map(({ label }) => label);
  expectThat(labels.includes('Re-apply'), `Re-apply is not offered, but ${labels.join(', ')}.`);
  return `${id} stopped: ${labels.join(', ')}`;
}

async function lastOne(scene: Scene): Promise<string> {
  const text = `maint ${scene.service} web1 because the demo tries it`;
  const answer = await answerTo(scene, await scene.slack.asUser('olaf').command('/release', text));
  const sentence = firstLine(answer);
  expectThat(/^Refused: .*no healthy server/.test(sentence), `It says: ${sentence}`);
  return sentence;
}

async function putBack(scene: Scene): Promise<string> {
  const message = await untilState(scene, 'checkout-6', 'Needs attention', 2_000);
  const pressed = await scene.slack.asUser('rita').press(message, 'Roll back');
  expectThat(pressed.error === undefined, `Slack says "${pressed.error}": it was not taken.`);
  // It leaves the attention a moment later, which untilState would take for an end.
  await waitUntil(() => shownState(scene, 'checkout-6') !== 'Needs attention', { timeout: 20_000 });
  scene.endings.set('checkout-6', await untilState(scene, 'checkout-6', 'Aborted', 40_000));
  return 'checkout-6 aborted';
}

/** Which version each server serves. */
function runs(versions: readonly string[]): Step<Scene> {
  return {
    name: `Served: ${servers.map((name, i) => `${name} ${versions[i]}`).join(', ')}`,
    deadline: 10_000,
    run: async (scene) => {
      const { frontend = '' } = scene.fleet.nodes[0] ?? {};
      const bodies = await Promise.all(
        Array.from(
          { length: 24 },
          async () => (await request(`${frontend}/release`, scene.host)).body,
        ),
      );
      const found = [
        ...new Set(
          bodies.map((body) => /server=(\S+).* release=(\S+)/.exec(body)?.slice(1).join(' ')),
        ),
      ].sort();
      const expected = servers.map((name, i) => `${name} ${versions[i]}`);
      expectThat(found.join() === expected.join(), `Found ${found.join(', ')}.`);
      return `${bodies.length} answers, of every server`;
    },
  };
}
