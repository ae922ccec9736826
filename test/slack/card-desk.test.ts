import { expect, test } from 'vitest';
import type { Release } from '../../src/release/release.ts';
import { CardDesk, type NodesRead } from '../../src/slack/card-desk.ts';
import { usualTimings } from '../../src/timing/timings.ts';
import { TestClock } from '../support/clock.ts';
import { aReading } from './a-release.ts';
import { everyState } from './every-state.ts';

const nodes = ['lb-1', 'lb-2', 'lb-3'] as const;
const onBlue = nodes.map((node) => aReading(node, 'blue'));
const onGreen = nodes.map((node) => aReading(node, 'green'));

function stateOf(name: string): Release {
  const release = everyState().get(name);
  if (release === undefined) throw new Error(`no state ${name}`);
  return release;
}

/** The cells of the first node, as the card shows them. */
function firstNode(desk: CardDesk, release: Release): readonly string[] {
  const table = desk.render(release, undefined).blocks.find((block) => block.type === 'table');
  const row = table?.type === 'table' ? (table.rows[1] ?? []) : [];
  return row.map((cell) => (cell.type === 'raw_text' ? cell.text : '?'));
}

test('what was read before the last write is not shown', () => {
  const release = stateOf('verifying');
  let head = release.nodesSeq ?? 0;
  const desk = new CardDesk({ clock: new TestClock(), timings: usualTimings, headOf: () => head });

  head -= 1;
  desk.note(release.id, { text: 'Checking', readings: onBlue });
  const before = firstNode(desk, release);
  head += 1;
  desk.note(release.id, { text: 'Baking', readings: onGreen });
  const after = firstNode(desk, release);

  expect(before).toHaveLength(3);
  expect(after.slice(0, 2)).toEqual(['lb-1', 'green']);
  expect(after).toHaveLength(5);
});

test.each(['completed', 'needs attention', 'awaiting acceptance'])(
  'the message of a release that is %s takes a reading where the last one is from before the last write, or old',
  async (state) => {
    const release = { ...stateOf(state), nodesSeq: 5 };
    const clock = new TestClock();
    const found = [onGreen, onBlue];
    const readNow = async (): Promise<NodesRead> => ({
      kind: 'sides',
      readings: found.shift() ?? [],
    });
    const desk = new CardDesk({ clock, timings: usualTimings, headOf: () => 1, readNow });
    desk.note(release.id, { text: 'Checking', readings: onBlue });

    await desk.refresh(release);
    await desk.refresh(release);
    const first = firstNode(desk, release);
    clock.advance(4_000);
    await desk.refresh(release);
    const second = firstNode(desk, release);

    expect([first[1], second[1], found]).toEqual(['green', 'blue', []]);
    expect(desk.render(release, undefined).text).toContain('Nodes read ');
  },
);

test('nodes that do not answer keep no message waiting, and what was read before has its time', async () => {
  const release = stateOf('completed');
  const clock = new TestClock();
  const readNow = () => new Promise<NodesRead>(() => {});
  const desk = new CardDesk({
    clock,
    timings: usualTimings,
    headOf: () => release.nodesSeq ?? 0,
    readNow,
  });
  desk.note(release.id, { text: 'Draining', readings: onGreen });
  const { text: before } = desk.render(release, undefined);

  clock.advance(60_000);
  const refreshed = desk.refresh(release);
  clock.advance(2_000);
  await refreshed;

  expect(desk.render(release, undefined).text).toBe(before);
});
