import { expect, test } from 'vitest';
import { Lanes } from './lanes.ts';

/** Counts the lanes that were opened and those that were ended. */
function countedLanes() {
  const counts = { opened: 0, ended: 0 };
  const open = async () => {
    counts.opened += 1;
    const end = async () => {
      counts.ended += 1;
    };
    return { number: counts.opened, end };
  };
  return { counts, open };
}

test('a play that fails once is tried again on a new lane, and is not lost', async () => {
  const { counts, open } = countedLanes();
  const played: string[] = [];
  const lanes = new Lanes(1, open);

  const lost = await lanes.spread(['one', 'two'], String, async ({ number }, task) => {
    if (task === 'one' && number === 1) throw new Error('a node did not answer');
    played.push(`${task} on lane ${number}`);
  });
  await lanes.end();

  expect(lost).toEqual([]);
  expect(played).toEqual(['one on lane 2', 'two on lane 2']);
  expect(counts).toEqual({ opened: 2, ended: 2 });
});

test('a play that fails each time is named as lost, and the others are played', async () => {
  const { counts, open } = countedLanes();
  const played: string[] = [];
  const lanes = new Lanes(2, open);

  const lost = await lanes.spread(['abort', 'adopt', 'settle'], String, async (_, task) => {
    if (task === 'abort') throw new Error('no release checkout-1');
    played.push(task);
  });
  await lanes.end();

  expect(lost).toEqual([{ task: 'abort', why: 'no release checkout-1' }]);
  expect(played.sort()).toEqual(['adopt', 'settle']);
  expect(counts.ended).toBe(counts.opened);
});

test('lanes that cannot be opened lose their plays, and nothing else', async () => {
  const lanes = new Lanes(2, () => Promise.reject(new Error('no free port')));

  const lost = await lanes.spread([1, 2, 3], String, async () => undefined);

  expect(lost.map(({ task, why }) => `${task}: ${why}`).sort()).toEqual([
    '1: no free port',
    '2: no free port',
    '3: no free port',
  ]);
  await lanes.end();
});
