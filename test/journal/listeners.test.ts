import { expect, test } from 'vitest';
import { system } from '../../src/release/vocabulary.ts';
import { aRelease } from '../support/journal-rows.ts';
import { aStore } from '../support/journal-store.ts';

test('every listener is told every commit in order, also of rows another listener appends', () => {
  const store = aStore();
  const told: string[] = [];
  store.onAppend((entries) => {
    if (entries[0]?.what.kind === 'requested') {
      store.append([{ actor: system('test'), what: { kind: 'stopped', why: 'x' } }]);
    }
    told.push(`first ${entries.map(({ seq }) => seq)}`);
  });
  const end = store.onAppend((entries) => told.push(`second ${entries.map(({ seq }) => seq)}`));

  store.append(aRelease().requested().approved().drafts(), 'r-1');
  store.append(aRelease({ number: 2 }).requested().drafts());
  store.append(aRelease({ number: 2 }).requested().drafts(), 'r-1');
  end();
  store.append(aRelease().ended().drafts());

  expect(told).toEqual(['first 1,2', 'second 1,2', 'first 3', 'second 3', 'first 4']);
});
