import { expect, test } from 'vitest';
import type { MessageKind, OutboxItem } from '../../src/engine/ports.ts';
import { MessageQueue } from '../../src/slack/message-queue.ts';

const channel = 'C0RELEASES';
const at = '2026-03-01T12:00:00.000Z';

function item(id: number, kind: MessageKind, about: string): OutboxItem {
  const subject = about.includes('-') ? { release: about } : { service: about };
  return { id, kind, seq: id, at, inDoubt: false, ...subject };
}

/** Tells everything, one after the other: the ids in the order of their telling, with those that went along. */
function told(items: readonly OutboxItem[]): readonly string[] {
  const queue = new MessageQueue();
  for (const one of items) queue.add(channel, one);
  const order: string[] = [];
  for (let next = queue.next(channel); next !== undefined; next = queue.next(channel)) {
    order.push([next.item, ...next.covers].map(({ id }) => id).join('+'));
    queue.remove(channel, next);
  }
  expect(queue.channels).toEqual([]);
  return order;
}

test("a release's messages go before questions, and questions before notices", () => {
  expect(
    told([
      item(1, 'notice', 'billing'),
      item(2, 'question', 'search'),
      item(3, 'card', 'checkout-1'),
      item(4, 'note', 'checkout-1'),
    ]),
  ).toEqual(['3', '4', '2', '1']);
});

test('within a service nothing overtakes: a question brings the older notices with it', () => {
  expect(
    told([
      item(1, 'notice', 'billing'),
      item(2, 'notice', 'search'),
      item(3, 'question', 'search'),
      item(4, 'notice', 'search'),
    ]),
  ).toEqual(['2', '3', '1', '4']);
});

test('waiting cards of one release go with the oldest, before what stands in its thread', () => {
  expect(
    told([
      item(1, 'card', 'checkout-1'),
      item(2, 'note', 'checkout-1'),
      item(3, 'card', 'checkout-1'),
      item(4, 'card', 'billing-1'),
    ]),
  ).toEqual(['1+3', '2', '4']);
});

test('a card that is asked for in the middle of an outage is told next', () => {
  const queue = new MessageQueue();
  for (let id = 1; id <= 1_020; id += 1)
    queue.add(channel, item(id, 'notice', `service${id % 51}`));

  queue.add(channel, item(2_000, 'card', 'checkout-1'));

  expect(queue.next(channel)?.item.id).toBe(2_000);
});

test('each message costs the same, however many wait', () => {
  const millisecondsEach = [5_000, 40_000].map((count) => {
    const items = Array.from({ length: count }, (_, i) =>
      item(i + 1, 'notice', `service${i % 51}`),
    );
    const before = process.cpuUsage();
    expect(told(items)).toHaveLength(count);
    return process.cpuUsage(before).user / 1_000 / count;
  });

  // Eight times as many: with work that grows with the square each would cost eight times as much.
  expect((millisecondsEach[1] ?? 0) / (millisecondsEach[0] ?? 1)).toBeLessThan(4);
});
