import type { HeldWords } from '../fleet/setup.ts';
import { onlyAnswersFrom } from './load-steps.ts';
import { ended } from './release-steps.ts';
import { nodesHold, type Scene } from './scene.ts';
import { expectThat, type Step } from './step.ts';

const rollback = 'checkout-2';

/** Rita takes the accepted release back: a release of its own, without approval and without a bake. */
export const rollbackSteps = (held: HeldWords): readonly Step<Scene>[] => [
  { name: 'Rita rolls back; memory, then disk, then drained', deadline: 45_000, run: rollBack },
  {
    name: 'Memory and disk of every node are on blue again',
    deadline: 10_000,
    run: (scene) => nodesHold(scene, `${rollback} completed`, held),
  },
  {
    name: 'Under load only blue answers',
    deadline: 10_000,
    run: (scene) => onlyAnswersFrom(scene.load, 'blue'),
  },
];

async function rollBack(scene: Scene): Promise<string> {
  await askRollback(scene);
  return ended(scene, rollback, 40_000);
}

/** Rita's word that the release goes back. */
export async function askRollback(scene: Scene): Promise<void> {
  const rita = scene.slack.asUser('rita');
  const asked = await rita.command('/rollback', `${scene.service} because the demo takes it back`);
  expectThat(asked.error === undefined, `Slack says "${asked.error}": the bot did not take it.`);
}
