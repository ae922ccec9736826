import { describe, expect, test } from 'vitest';
import { noticesOf, type RoundEvent } from '../../src/engine/drift-notices.ts';
import { nodeName } from '../../src/release/vocabulary.ts';

const fleet = ['lb-1', 'lb-2', 'lb-3'].map(nodeName);
const choice = { reapply: 'blue', accept: 'green' } as const;

function event(node: string, service: string, sentence: string, more: object = {}): RoundEvent {
  return {
    service,
    channel: 'C0RELEASES',
    fleet,
    acceptNeeds: 'operator',
    event: { kind: 'drift_seen', node: nodeName(node), what: 'memory', sentence, ...more },
  };
}

const silent = (node: string, service: string, more: object = {}) =>
  event(node, service, `${node} does not answer: it could not be reached (tcp ${node}).`, {
    what: 'reach',
    ...more,
  });

/** What each channel is told. */
function textsOf(events: readonly RoundEvent[]): readonly (string | undefined)[] {
  return noticesOf(events).map((notice) => (typeof notice === 'object' ? notice.text : notice));
}

describe('one round is one notice', () => {
  test('of a change of the whole fleet, with what may be pressed and by whom', () => {
    const changed = fleet.map((node) =>
      event(
        node,
        'checkout',
        `Another hand changed the map: ${node} has green in memory, not blue.`,
        {
          kind: 'external_change',
          choice,
        },
      ),
    );

    expect(noticesOf(changed)).toEqual([
      {
        text: 'checkout: Another hand changed the map: every node (lb-1, lb-2 and lb-3) has green in memory, not blue.\nRe-apply (role releaser) brings back blue; Accept green (role operator) keeps green.',
        offers: [{ service: 'checkout', choice }],
      },
      'elsewhere',
      'elsewhere',
    ]);
  });

  test.each([
    [
      'of a node that no service can reach',
      [silent('lb-2', 'cart'), silent('lb-2', 'checkout'), silent('lb-2', 'search')],
      'cart, checkout and search: lb-2 does not answer: it could not be reached (tcp lb-2).',
    ],
    [
      'of several silent nodes, whatever their addresses are',
      [
        silent('lb-1', 'cart'),
        silent('lb-3', 'cart'),
        silent('lb-1', 'pay'),
        silent('lb-3', 'pay'),
      ],
      'cart and pay: lb-1 and lb-3 do not answer. lb-1: it could not be reached (tcp lb-1).',
    ],
    [
      'of nodes that were reloaded a minute apart',
      [
        event('lb-1', 'cart', 'lb-1 reloaded at 12:00 UTC and is back on blue, not green.'),
        event('lb-2', 'cart', 'lb-2 reloaded at 12:01 UTC and is back on blue, not green.'),
      ],
      'cart: each of lb-1 and lb-2 reloaded at 12:00 UTC and is back on blue, not green.',
    ],
    [
      'of different things, the most urgent first',
      [silent('lb-1', 'cart'), event('lb-2', 'pay', 'lb-2 has green in memory, not blue.')],
      'pay: lb-2 has green in memory, not blue.\ncart: lb-1 does not answer: it could not be reached (tcp lb-1).',
    ],
  ])('%s', (_, events, text) => {
    expect(textsOf(events)).toEqual([text, ...events.slice(1).map(() => 'elsewhere')]);
  });

  test('per channel, and none of a reload that changed nothing', () => {
    const other = { ...silent('lb-1', 'pay'), channel: 'C0PAY' };
    const reload = event('lb-2', 'cart', 'lb-2 reloaded.', { what: 'reload' });

    expect(textsOf([reload, silent('lb-1', 'cart'), other])).toEqual([
      undefined,
      expect.stringMatching(/^cart: /),
      expect.stringMatching(/^pay: /),
    ]);
  });

  test('a long round is cut, and says so', () => {
    const many = Array.from({ length: 25 }, (_, i) =>
      event('lb-1', `shop${i}x`, `lb-1 has ${i} in memory.`),
    );

    const [text = ''] = textsOf(many);
    expect(text.split('\n')).toHaveLength(21);
    expect(text).toMatch(/\nAnd 5 more: `\/release-status` shows every service\.$/);
  });
});
