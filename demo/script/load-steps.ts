import type { Side } from '../../src/release/vocabulary.ts';
import { otherSide } from '../../src/release/vocabulary.ts';
import { waitUntil } from '../../test/support/wait-until.ts';
import type { Load, LoadResult } from '../traffic/load.ts';
import type { Scene } from './scene.ts';
import { expectThat, type Step } from './step.ts';

/** So many answers in a row of each node have to come from the side. */
const enough = 150;

/** Before the play begins, every node answers under load. */
export const loadSteps: readonly Step<Scene>[] = [
  {
    name: 'Every node answers under load',
    deadline: 20_000,
    run: (scene) => onlyAnswersFrom(scene.load, 'blue'),
  },
];

/** Watches each node's next answers: they all come from this side. */
export async function onlyAnswersFrom(load: Load, side: Side): Promise<string> {
  const other = otherSide(side);
  const before = { here: load.answersFrom(side), there: load.answersFrom(other) };
  await waitUntil(
    () => load.answersFrom(side).every((now, i) => now - (before.here[i] ?? 0) >= enough),
    { what: `${enough} answers from ${side} of every node`, timeout: 9_000 },
  );
  const astray = load
    .answersFrom(other)
    .reduce((sum, now, i) => sum + now - (before.there[i] ?? 0), 0);
  expectThat(astray === 0, `${astray} answers still came from ${other}.`);
  const seen = load.answersFrom(side).reduce((sum, now, i) => sum + now - (before.here[i] ?? 0), 0);
  return `${seen} answers in a row, all ${side}`;
}

/** The last word on the load: ends it, and nothing may have failed. */
export const lastLoadStep: Step<Scene> = {
  name: 'No request failed',
  deadline: 20_000,
  run: async ({ load }) => {
    const results = await load.stop();
    const failed = results.filter((result) => result.failed > 0);
    expectThat(
      failed.length === 0,
      failed
        .map(
          ({ node, failed: count, failures }) =>
            `${node}: ${count} failed, first ${failures.join('; ')}`,
        )
        .join('. '),
    );
    return `${servedBy(results)} requests answered with 200`;
  },
};

/** The same where HAProxy does not allow none: the number, whatever it is, up to one in a thousand. */
export const countingLoadStep: Step<Scene> = {
  name: 'The requests that failed are counted',
  deadline: 20_000,
  run: async ({ load }) => {
    const results = await load.stop();
    const failed = results.reduce((sum, result) => sum + result.failed, 0);
    const served = servedBy(results);
    expectThat(
      failed * 1000 <= served,
      `${failed} of ${served + failed} requests failed, first ${results.flatMap(({ failures }) => failures)[0]}`,
    );
    return `${failed} of ${served + failed} requests failed; the others were answered with 200`;
  },
};

function servedBy(results: readonly LoadResult[]): number {
  return results.reduce(
    (sum, { keepAlive, fresh }) =>
      sum + keepAlive.blue + keepAlive.green + fresh.blue + fresh.green,
    0,
  );
}
