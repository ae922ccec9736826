import { waitUntil } from '../../test/support/wait-until.ts';
import { sealSteps } from './audit-steps.ts';
import { lastLoadStep, loadSteps, onlyAnswersFrom } from './load-steps.ts';
import { ended } from './release-steps.ts';
import { answerTo, firstLine, nodesHold, type Scene, untilState } from './scene.ts';
import { expectThat, type Step } from './step.ts';

const release = 'checkout-1';
const drained = 'checkout-2';
const allUp = { memory: 'web1 UP, web2 UP, web3 UP', disk: '-' };

/** Every server in turn, then single ones, never the last: under load, without a request that fails. */
export const serversPlay: readonly Step<Scene>[] = [
  ...loadSteps,
  {
    name: 'Every server is up on every node',
    deadline: 10_000,
    run: (scene) => nodesHold(scene, 'at the start', allUp),
  },
  { name: 'Rita asks for version 2.0.0 on every server', deadline: 15_000, run: ask },
  {
    name: 'Ann approves; web1, web2 and web3 are taken in turn',
    deadline: 90_000,
    run: takenInTurn,
  },
  {
    name: 'Every server is up again',
    deadline: 10_000,
    run: (scene) => nodesHold(scene, `${release} completed`, allUp),
  },
  { name: 'Olaf drains web1 on every node', deadline: 30_000, run: drain },
  {
    name: 'Every node has web1 in drain',
    deadline: 10_000,
    run: (scene) =>
      nodesHold(scene, `${drained} completed`, {
        memory: 'web1 DRAIN, web2 UP, web3 UP',
        disk: '-',
      }),
  },
  { name: 'Olaf takes web2 out, and not web3: it is the last', deadline: 45_000, run: notTheLast },
  { name: 'Both are put back', deadline: 60_000, run: putBack },
  {
    name: 'Every server is up in the end',
    deadline: 15_000,
    run: (scene) => nodesHold(scene, 'in the end', allUp),
  },
  {
    name: 'Under load every node answers',
    deadline: 10_000,
    run: (scene) => onlyAnswersFrom(scene.load, 'blue'),
  },
  lastLoadStep,
  ...sealSteps,
];

async function ask(scene: Scene): Promise<string> {
  const asked = await scene.slack
    .asUser('rita')
    .command('/release', `${scene.service} version 2.0.0 because every server gets it in turn`);
  expectThat(asked.error === undefined, `Slack says "${asked.error}": the bot did not take it.`);
  await untilState(scene, release, 'Awaiting approval', 12_000);
  return `${release} awaits approval`;
}

async function takenInTurn(scene: Scene): Promise<string> {
  const message = await untilState(scene, release, 'Awaiting approval', 2_000);
  const pressed = await scene.slack.asUser('ann').press(message, 'Approve');
  expectThat(pressed.error === undefined, `Slack says "${pressed.error}".`);
  return ended(scene, release, 80_000);
}

async function say(scene: Scene, words: string): Promise<string> {
  const asked = await scene.slack.asUser('olaf').command('/release', words);
  return firstLine(await answerTo(scene, asked, 10_000));
}

async function drain(scene: Scene): Promise<string> {
  await say(scene, `drain ${scene.service} web1`);
  return ended(scene, drained, 20_000);
}

async function notTheLast(scene: Scene): Promise<string> {
  await say(scene, `maint ${scene.service} web2`);
  await untilState(scene, 'checkout-3', 'Completed', 20_000);
  const answer = await say(scene, `maint ${scene.service} web3`);
  expectThat(
    /^Refused: .*no healthy server is left/.test(answer),
    `The last server should not be taken; the answer is: ${answer}`,
  );
  return answer;
}

async function putBack(scene: Scene): Promise<string> {
  await say(scene, `ready ${scene.service} web1`);
  await untilState(scene, 'checkout-4', 'Completed', 20_000);
  await say(scene, `ready ${scene.service} web2`);
  const message = await untilState(scene, 'checkout-5', 'Completed', 20_000);
  // Its checks come first: they tell when it can take users.
  await waitUntil(
    async () =>
      (await scene.fleet.holds(scene.service)).every(({ memory }) => memory === allUp.memory),
    { what: 'every server to be up', timeout: 20_000 },
  );
  return firstLine(message);
}
