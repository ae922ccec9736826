import type { HeldWords } from '../fleet/setup.ts';
import { buttonsOf, visibleText } from '../slack/message.ts';
import { request } from '../traffic/fresh-load.ts';
import { onlyAnswersFrom } from './load-steps.ts';
import { anchorOf, answerTo, firstLine, nodesHold, type Scene, untilState } from './scene.ts';
import { expectThat, type Step } from './step.ts';

const release = 'checkout-1';
const longSeconds = 12;

/** What every node holds at these moments, in the words of the route's demo. */
export type HeldThen = Readonly<Record<'start' | 'switched' | 'completed' | 'back', HeldWords>>;

/** Rita's release from blue to green, with Ann's approval, from the asking to its end. */
export const releaseSteps = (held: HeldThen): readonly Step<Scene>[] => [
  {
    name: 'Everything is on blue',
    deadline: 10_000,
    run: (scene) => nodesHold(scene, 'at the start', held.start),
  },
  { name: 'Rita asks for checkout on green', deadline: 15_000, run: ask },
  {
    name: 'Rita may not approve her own release',
    deadline: 10_000,
    run: (scene) => refusedTo(scene, 'rita', /^Refused: .*yourself/),
  },
  {
    name: 'Sam, who has no role, may not approve it',
    deadline: 10_000,
    run: (scene) => refusedTo(scene, 'sam', /^Refused: .*role approver/),
  },
  { name: 'A long request is under way on every node', deadline: 10_000, run: beginLongRequests },
  {
    name: 'Ann approves; switched, verified, smoke tested and baked',
    deadline: 45_000,
    run: approve,
  },
  {
    name: `In memory every node is on green, on disk on ${held.switched.disk}`,
    deadline: 10_000,
    run: (scene) => nodesHold(scene, 'awaiting acceptance', held.switched),
  },
  {
    name: 'Under load only green answers',
    deadline: 10_000,
    run: (scene) => onlyAnswersFrom(scene.load, 'green'),
  },
  { name: 'Rita accepts; written to disk, blue drained', deadline: 45_000, run: accept },
  { name: 'The long requests ended on blue, whole', deadline: 20_000, run: longRequestsEnded },
  {
    name: 'Memory and disk of every node are on green',
    deadline: 10_000,
    run: (scene) => nodesHold(scene, `${release} completed`, held.completed),
  },
];

/** Rita asks for green; resolves when the message awaits its approval. */
export async function ask(scene: Scene): Promise<string> {
  const rita = scene.slack.asUser('rita');
  const asked = await rita.command(
    '/release',
    `${scene.service} green version 2.0.0 because the demo plays a release`,
  );
  expectThat(asked.error === undefined, `Slack says "${asked.error}": the bot did not take it.`);
  const message = await untilState(scene, release, 'Awaiting approval', 12_000);
  const labels = buttonsOf(message).map(({ label }) => label);
  expectThat(
    labels.join() === 'Approve,Cancel',
    `The message should have Approve and Cancel; it has ${labels.join(', ')}.`,
  );
  return `${release} awaits approval`;
}

async function refusedTo(scene: Scene, person: string, why: RegExp): Promise<string> {
  const message = await untilState(scene, release, 'Awaiting approval', 2_000);
  const answer = await answerTo(scene, await scene.slack.asUser(person).press(message, 'Approve'));
  await untilState(scene, release, 'Awaiting approval', 2_000);
  const sentence = firstLine(answer);
  expectThat(why.test(sentence), `A refusal that says ${why} was expected; it says: ${sentence}`);
  return sentence;
}

async function beginLongRequests(scene: Scene): Promise<string> {
  const { nodes } = scene.fleet;
  scene.longRequests = nodes.map(({ frontend }) => {
    const long = request(`${frontend}/slow?seconds=${longSeconds}`, 'checkout.example', 60_000);
    // Judged later, by its own step.
    long.catch(() => undefined);
    return long;
  });
  return `${nodes.length} requests of ${longSeconds} s each`;
}

/** Ann approves; resolves when the release awaits its acceptance. */
export async function approve(scene: Scene): Promise<string> {
  const message = await untilState(scene, release, 'Awaiting approval', 2_000);
  const pressed = await scene.slack.asUser('ann').press(message, 'Approve');
  expectThat(
    pressed.error === undefined,
    `Slack says "${pressed.error}": the bot did not take it.`,
  );
  await untilState(scene, release, 'Awaiting acceptance', 40_000);
  return `${release} awaits acceptance`;
}

async function accept(scene: Scene): Promise<string> {
  await pressAccept(scene);
  const sentence = await ended(scene, release, 40_000);
  scene.onGreenAt = new Date().toISOString();
  return sentence;
}

/** Rita's word that the release stays. */
export async function pressAccept(scene: Scene): Promise<void> {
  const message = await untilState(scene, release, 'Awaiting acceptance', 2_000);
  const pressed = await scene.slack.asUser('rita').press(message, 'Accept');
  expectThat(
    pressed.error === undefined,
    `Slack says "${pressed.error}": the bot did not take it.`,
  );
}

/** Waits for Completed; the message has its anchor and no button any more. */
export async function ended(scene: Scene, id: string, timeoutMs: number): Promise<string> {
  const message = await untilState(scene, id, 'Completed', timeoutMs);
  expectThat(
    buttonsOf(message).length === 0,
    `${id} has ended, and its message still has buttons.`,
  );
  expectThat(
    anchorOf(message) !== undefined,
    `The message of ${id} does not end with its anchor:\n${visibleText(message)}`,
  );
  scene.endings.set(id, message);
  const skew = /skew ([\d.]+ \S+)/.exec(visibleText(message))?.[1];
  return `${id} completed${skew === undefined ? '' : `, skew ${skew}`}`;
}

async function longRequestsEnded(scene: Scene): Promise<string> {
  const answers = await Promise.all(scene.longRequests ?? []);
  for (const { status, body } of answers) {
    const whole = status === 200 && body.endsWith('whole\n') && !body.includes('version=green');
    expectThat(
      whole,
      `A long request was not answered whole by blue: status ${status}, "${body.slice(-80)}".`,
    );
  }
  expectThat(answers.length > 0, 'There was no long request.');
  return `${answers.length} answers, whole`;
}
