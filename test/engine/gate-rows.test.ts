import { expect, test } from 'vitest';
import { recordChecked } from '../../src/engine/gate-rows.ts';
import type { RunContext } from '../../src/engine/run-context.ts';
import type { GateReport } from '../../src/release/journal-entry.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { aRelease } from '../support/journal-rows.ts';
import { aStore } from '../support/journal-store.ts';

test('the gates of a large fleet stand in the journal whole, in several rows', () => {
  const store = aStore();
  const rows = aRelease().requested();
  store.append(rows.drafts());
  const gates = Array.from({ length: 2_000 }, (_, i): GateReport => {
    const node = nodeName(`lb-${i % 200}`);
    const sentence = `${node}: 2 of 2 servers of backend_green healthy, all needed`;
    return { gate: `gate ${i}`, node, result: 'successful', sentence };
  });
  const context = {
    recordAll: (drafts: readonly { readonly what: never }[]) =>
      store.append(drafts.map(({ what }) => ({ ...rows.drafts()[0], what }) as never)),
  } as unknown as RunContext;

  recordChecked(context, gates, { 'lb-1': { pid: 1, startedAt: 2 } });

  const release = store.release('checkout-1');
  expect(store.rowsOf('checkout-1').length).toBeGreaterThan(3);
  expect(release?.gates).toEqual(gates);
  expect(release?.workers).toEqual({ 'lb-1': { pid: 1, startedAt: 2 } });
});
