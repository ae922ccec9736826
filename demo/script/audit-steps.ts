import { endWords, lastLines } from '../bot.ts';
import { visibleText } from '../slack/message.ts';
import { anchorOf, answerTo, type Scene } from './scene.ts';
import { expectThat, type Step } from './step.ts';

/** Is the journal whole, and does the bot stop. */
export const sealSteps: readonly Step<Scene>[] = [
  { name: 'The audit holds against the anchor in the last message', deadline: 20_000, run: verify },
  {
    name: 'The audit refuses an anchor that is not true',
    deadline: 20_000,
    run: refuseFalseAnchor,
  },
  { name: 'The bot stops when it is asked to', deadline: 15_000, run: stop },
];

/** What was live then, and is the journal whole. */
export const proofSteps: readonly Step<Scene>[] = [
  { name: 'The journal knows what was live before the rollback', deadline: 10_000, run: liveThen },
  ...sealSteps,
];

/** The questions of the day after two short releases: who switched what, and the same. */
export const auditSteps: readonly Step<Scene>[] = [
  { name: 'The history names both releases and both people', deadline: 10_000, run: history },
  ...proofSteps,
];

async function history(scene: Scene): Promise<string> {
  const sam = scene.slack.asUser('sam');
  const answer = await answerTo(
    scene,
    await sam.command('/release-status', `history ${scene.service}`),
  );
  // People stand in the table as Slack's user elements, not as text.
  const whole = JSON.stringify(answer.blocks);
  for (const word of ['checkout-1', 'checkout-2', 'U0RITA', 'U0ANN']) {
    expectThat(whole.includes(word), `The history does not name ${word}:\n${visibleText(answer)}`);
  }
  return visibleText(answer).split('\n').at(-1) ?? '';
}

async function liveThen(scene: Scene): Promise<string> {
  expectThat(scene.onGreenAt !== undefined, 'No moment on green was noted.');
  const sam = scene.slack.asUser('sam');
  const asked = await sam.command('/release-status', `at ${scene.onGreenAt} ${scene.service}`);
  const answer = visibleText(await answerTo(scene, asked));
  const right = answer.includes('on green') && answer.includes('checkout-1');
  expectThat(right, `It should be green by checkout-1; the answer is:\n${answer}`);
  return answer.split('\n')[0] ?? '';
}

async function verify(scene: Scene): Promise<string> {
  const anchor = lastAnchor(scene);
  const { code, output } = await scene.bot.verb(['audit', 'verify', '--anchor', anchor]);
  expectThat(code === 0, `audit verify ended with ${code} instead of 0:\n${lastLines(output)}`);
  return `exit code 0; ${output.trim().split('\n').at(-1) ?? ''}`;
}

async function refuseFalseAnchor(scene: Scene): Promise<string> {
  const [seq, hash = ''] = lastAnchor(scene).split(':');
  const first = hash.startsWith('0') ? '1' : '0';
  const anchor = `${seq}:${first}${hash.slice(1)}`;
  const { code, output } = await scene.bot.verb(['audit', 'verify', '--anchor', anchor]);
  expectThat(code === 3, `audit verify ended with ${code} instead of 3:\n${lastLines(output)}`);
  return 'exit code 3';
}

async function stop(scene: Scene): Promise<string> {
  const ended = await scene.bot.stop();
  expectThat(
    ended.code === 0,
    `Exit code 0 was expected; it was ${endWords(ended)}:\n${lastLines(ended.output)}`,
  );
  return 'exit code 0';
}

function lastAnchor(scene: Scene): string {
  const message = scene.endings.get('checkout-2');
  const anchor = message === undefined ? undefined : anchorOf(message);
  expectThat(anchor !== undefined, 'There is no final message with an anchor.');
  return anchor;
}
