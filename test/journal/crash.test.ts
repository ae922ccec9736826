import { expect, test } from 'vitest';
import { verifyJournal } from '../../src/journal/verify.ts';
import { compiled } from '../support/compiled.ts';
import { aFolder, aStore } from '../support/journal-store.ts';
import { Program } from '../support/run-program.ts';
import { waitUntil } from '../support/wait-until.ts';

const program = compiled('test/journal/programs/append-forever.ts');

function lastSaid(writer: Program) {
  const [seq = '0', hash = ''] = writer.lines.at(-1)?.split(' ') ?? [];
  return { seq: Number(seq), hash };
}

test('killed in the middle of appends, everything it had committed is there and holds', async () => {
  const path = `${aFolder()}/p.db`;

  for (const lines of [3, 40, 117]) {
    const writer = new Program(program, [path]);
    await waitUntil(() => writer.lines.length >= lines, {
      what: `${lines} commits`,
      timeout: 50_000,
    });
    writer.kill();
    await writer.ended();
    const said = lastSaid(writer);

    const verified = verifyJournal(path, [said]);
    const store = aStore({ path });

    expect(verified).toMatchObject({ kind: 'verified', anchors: 1 });
    expect(store.notes).toEqual([]);
    expect(store.head.seq).toBeGreaterThanOrEqual(said.seq);
    const { open } = store.service('checkout');
    expect(store.openReleases().map(({ id }) => id)).toEqual(open === undefined ? [] : [open]);
    if (open !== undefined) {
      store.append([
        {
          actor: 'system:test' as never,
          release: open,
          service: 'checkout',
          what: { kind: 'ended', state: 'failed', sentence: 'x', durationMs: 1 },
        },
      ]);
    }
    store.close();
  }
});

test.each([
  ['before the transaction', 'journal:before:intent', 2],
  ['inside the transaction', 'journal:inside:intent', 2],
  ['after the commit', 'journal:after:intent', 7],
])('killed %s, the rows are there all or none', async (_, point, rowsOfFirst) => {
  const path = `${aFolder()}/p.db`;
  const writer = new Program(program, [path, point]);
  await writer.ended();

  const store = aStore({ path });

  expect(writer.child.signalCode).toBe('SIGKILL');
  expect(store.rowsOf('checkout-1')).toHaveLength(rowsOfFirst);
  expect(verifyJournal(path, [store.head]).kind).toBe('verified');
  const intents = store.release('checkout-1')?.openIntents ?? [];
  expect(intents).toEqual([]);
});
