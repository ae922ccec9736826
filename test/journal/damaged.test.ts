import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { JournalUnwritable } from '../../src/journal/errors.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { aRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

/** A store with a switched release, whose table `journal` is overwritten on disk behind its back. */
function aDamagedStore() {
  const path = `${aFolder()}/p.db`;
  const said: string[] = [];
  const store = aStore({ path, say: (sentence) => said.push(sentence) });
  store.append(aRelease().adopted().requested().switched().drafts());
  const other = new Database(path);
  const page = Number(
    other.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'journal'").pluck().get(),
  );
  const size = Number(other.pragma('page_size', { simple: true }));
  // A write of another program makes the store read its pages anew.
  other.exec('UPDATE outbox SET attempts = attempts');
  other.pragma('wal_checkpoint(TRUNCATE)');
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
  closeSync(file);
  other.close();
  return { path, store, said };
}

const after = (first: number) =>
  aRelease().effect('memory', 'blue').ended('rolled_back').drafts(first);

test('with damaged pages going back is journaled in the mirror, from what is remembered, and nothing else is', () => {
  const { path, store, said } = aDamagedStore();
  const { head } = store;

  expect(() => store.append(aRelease({ service: 'billing' }).requested().drafts())).toThrow(
    JournalUnwritable,
  );
  store.append(aRelease().goingBack().drafts(), 'r-1');
  const open = store.rowsOf('checkout-1').map(({ what }) => what.kind);
  store.append(after(store.head.seq + 1));

  expect(open.slice(0, 1).concat(open.slice(-1))).toEqual(['requested', 'going_back']);
  expect(store.release('checkout-1')?.state).toBe('rolled_back');
  expect(store.head.seq).toBeGreaterThan(head.seq);
  expect(store.append(aRelease().goingBack().drafts(), 'r-1')).toMatchObject({ kind: 'duplicate' });
  expect(said).toEqual([
    expect.stringMatching(
      /^The journal \S+ is damaged \(.*\), so nothing new is begun\. .*`pointsman audit restore` from a backup\. Going back is journaled in \S+\.mirror\.jsonl\.$/,
    ),
  ]);
  expect(() => store.append(aRelease({ service: 'billing' }).requested().drafts())).toThrow(
    /is damaged .* nothing new is begun/,
  );
  store.close();
  expect(existsSync(`${path}.mirror.jsonl`)).toBe(true);
  expect(verifyJournal(path).kind).toBe('broken');
});

test('a rollback after acceptance is opened and told, too', () => {
  const { store } = aDamagedStore();
  store.append(aRelease().goingBack().drafts());
  store.append(after(store.head.seq + 1));

  store.append(aRelease({ number: 2, kind: 'rollback', from: 'green' }).requested().drafts());

  expect(store.openReleases().map(({ id }) => id)).toEqual(['checkout-2']);
  expect(store.pending().at(-1)?.announcement).toEqual({ kind: 'card', release: 'checkout-2' });
});
