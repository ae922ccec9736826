// Appends whole releases until it is killed; prints `<seq> <hash>` after each commit.
// argv: database, and optionally the failpoint at whose n-th hit it kills itself.
import { writeSync } from 'node:fs';
import { openStore } from '../../../src/journal/open-store.ts';
import { TestClock } from '../../support/clock.ts';
import { aRelease } from '../../support/journal-rows.ts';

const [path = '', point, hits = '1'] = process.argv.slice(2);
let left = Number(hits);

const store = openStore({
  path,
  clock: new TestClock(),
  configDigest: 'f'.repeat(64),
  announce: (_, release) => (release === undefined ? [] : [{ kind: 'card', release: release.id }]),
  failpoint: (name) => {
    if (name !== point) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  },
});

const say = (): void => {
  writeSync(1, `${store.head.seq} ${store.head.hash}\n`);
};
say();
for (let number = store.service('checkout').lastNumber + 1; ; number += 1) {
  const rows = aRelease({ number });
  store.append(
    rows
      .requested()
      .approved()
      .drafts(store.head.seq + 1),
    `request-${number}`,
  );
  say();
  store.append(
    aRelease({ number })
      .switched()
      .drafts(store.head.seq + 1),
  );
  say();
  store.append(aRelease({ number }).accepted().ended().drafts());
  say();
}
