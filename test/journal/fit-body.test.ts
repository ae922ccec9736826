import { expect, test } from 'vitest';
import { fitBody } from '../../src/journal/fit-body.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { aRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

test('what fits is written as it is', () => {
  expect(fitBody({ why: 'x'.repeat(60_000) })).toBe(`{"why":"${'x'.repeat(60_000)}"}`);
});

test('a text that is too long is cut and says by how much', () => {
  const body = JSON.parse(fitBody({ asked: 'status', sentence: 'ä'.repeat(70_000) }));

  expect(body).toEqual({
    asked: 'status',
    sentence: `${'ä'.repeat(2_000)}… (68000 more characters)`,
  });
});

test('of a thousand gates those that did not hold stay', () => {
  const gate = (i: number) => ({
    gate: `healthy ${i}`,
    result: i === 900 ? 'failed' : 'successful',
    sentence: `lb-${i}: ${'2 of 2 servers are UP. '.repeat(10)}`,
  });

  const body = fitBody({ gates: Array.from({ length: 1_000 }, (_, i) => gate(i)), workers: {} });

  expect(Buffer.byteLength(body)).toBeLessThan(65_536);
  const read = JSON.parse(body);
  expect(read.gates[0].gate).toBe('healthy 900');
  expect(read.gates.length + read.gates_left_out).toBe(1_000);
});

test('a plan is never cut: what does not fit is refused with a sentence', () => {
  const nodes = Array.from({ length: 1_000 }, (_, i) => `lb-${i}`);
  const [draft] = aRelease({ nodes }).requested().drafts();

  expect(() => fitBody(draft?.what ?? {})).toThrow(
    /names too many nodes for one release: split the fleet/,
  );
});

test('the row that was cut is the row that everybody is told of', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });

  const appended = store.append([
    {
      actor: actor('U0ANN'),
      service: 'checkout',
      what: { kind: 'held', reason: `\ud800 ${'long '.repeat(20_000)}` },
    },
  ]);

  const told = appended.kind === 'appended' && appended.entries[0]?.what;
  expect(told).toEqual(store.rowsSince(0)[0]?.what);
  expect(store.service('checkout').hold?.reason).toMatch(/more characters\)$/);
  expect(verifyJournal(path).kind).toBe('verified');
});

test('a half surrogate in a column does not break the chain', () => {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path });

  store.append(
    aRelease().requested().then({ kind: 'reminded' }, 'U0', { before: 'a\ud800b' }).drafts(),
  );

  expect(store.rowsOf('checkout-1')[1]?.before).toBe('a\ufffdb');
  expect(verifyJournal(path).kind).toBe('verified');
});
