import { expect, test } from 'vitest';
import { inAHurry } from '../../src/engine/fleet.ts';
import type { NodeReading } from '../../src/release/reading.ts';
import { nodeName } from '../../src/release/vocabulary.ts';

const reached = (name: string) => ({ kind: 'reached', node: nodeName(name) }) as NodeReading;
const never = new Promise<NodeReading>(() => {});

test('from the first answer on the others have a moment, and a silent one is not waited for', async () => {
  const inTime = inAHurry();

  const silent = inTime(nodeName('lb-2'), never);
  const first = inTime(nodeName('lb-1'), Promise.resolve(reached('lb-1')));

  expect(await first).toEqual(reached('lb-1'));
  expect(await silent).toEqual({
    kind: 'unreachable',
    node: 'lb-2',
    why: 'it has not answered yet',
  });
});

test('where all are slow none is taken for silent, however long the first one takes', async () => {
  const inTime = inAHurry();
  let answer = (_: NodeReading): void => {};
  const slow = new Promise<NodeReading>((resolve) => {
    answer = resolve;
  });

  const both = [inTime(nodeName('lb-1'), slow), inTime(nodeName('lb-2'), slow)];
  const refused = inTime(
    nodeName('lb-3'),
    Promise.resolve({ kind: 'unreachable', node: nodeName('lb-3'), why: 'refused' }),
  );
  await refused;
  await new Promise((resolve) => setTimeout(resolve, 700));
  answer(reached('lb-1'));

  expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['reached', 'reached']);
});
