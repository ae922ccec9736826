// Fills the disk of its database in the middle of a release and reports what the journal did. argv: a small disk.
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { JournalUnwritable } from '../../../src/journal/errors.ts';
import { openStore } from '../../../src/journal/open-store.ts';
import { verifyJournal } from '../../../src/journal/verify.ts';
import { TestClock } from '../../support/clock.ts';
import { aRelease } from '../../support/journal-rows.ts';

const [disk = ''] = process.argv.slice(2);
const path = `${disk}/p.db`;
const said: string[] = [];
const store = openStore({
  path,
  clock: new TestClock(),
  configDigest: 'f'.repeat(64),
  announce: () => [],
  reserveBytes: 1024 * 1024,
  say: (sentence) => said.push(sentence),
});
store.append(aRelease().adopted().requested().switched().drafts());

fill();
const refusal = firstRefusal();
store.append(aRelease().goingBack().drafts());
store.append(
  aRelease()
    .effect('memory', 'blue')
    .ended('rolled_back')
    .drafts(store.head.seq + 1),
);
const back = { state: store.release('checkout-1')?.state, reserve: existsSync(`${path}.reserve`) };
const stillRefused = codeOf(firstRefusal());

rmSync(`${disk}/filler`);
store.append(aRelease({ number: 2 }).requested().drafts());
const later = {
  reserve: existsSync(`${path}.reserve`),
  mirror: existsSync(`${path}.mirror.jsonl`),
};
store.close();
const verified = verifyJournal(path, [store.head]).kind;
console.log(
  JSON.stringify({ refusal: codeOf(refusal), back, stillRefused, later, said, verified }),
);

function fill(): void {
  const file = openSync(`${disk}/filler`, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4096, 1));
  } catch {
    closeSync(file);
  }
}

/** Asks forward until the room left in the write-ahead log is used up. */
function firstRefusal(): unknown {
  try {
    for (let i = 0; i < 10_000; i += 1)
      store.append(aRelease().then({ kind: 'reminded' }).drafts());
  } catch (error) {
    return error;
  }
  return undefined;
}

function codeOf(error: unknown): string {
  return error instanceof JournalUnwritable ? error.code : String(error);
}
