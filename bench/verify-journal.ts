// How long a journal of 100,000 rows takes to write, open and verify: `npx tsx bench/verify-journal.ts [rows]`.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openStore } from '../src/journal/open-store.ts';
import type { Store } from '../src/journal/store.ts';
import { verifyJournal } from '../src/journal/verify.ts';
import { announce } from '../src/release/announce.ts';
import { TestClock } from '../test/support/clock.ts';
import { aRelease } from '../test/support/journal-rows.ts';

const rows = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), 'pointsman-bench-'));
const path = join(folder, 'pointsman.db');

try {
  const store = timed(`write ${rows} rows`, () => write(open()));
  store.close();
  console.log(`size: ${Math.round(statSync(path).size / 1e6)} MB`);
  timed('open', () => open().close());
  const verified = timed('verify', () => verifyJournal(path));
  console.log(verified.sentence);
  singleAppends();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function open(): Store {
  return openStore({
    path,
    clock: new TestClock(),
    configDigest: 'f'.repeat(64),
    announce,
  });
}

/** Releases of three nodes in ten services, one transaction each. */
function write(store: Store): Store {
  for (let i = 0; store.head.seq < rows; i += 1) {
    const story = { service: `service-${i % 10}`, number: Math.floor(i / 10) + 1 };
    const rows = aRelease({ ...story, nodes: ['lb-1', 'lb-2', 'lb-3'] })
      .requested()
      .approved();
    store.append(
      rows
        .switched()
        .accepted()
        .ended()
        .drafts(store.head.seq + 1),
    );
  }
  return store;
}

function singleAppends(): void {
  const store = open();
  const times = Array.from({ length: 1_000 }, () => {
    const start = performance.now();
    store.append(aRelease({ number: 1_000_000 }).then({ kind: 'reminded' }).drafts());
    return performance.now() - start;
  }).sort((a, b) => a - b);
  store.close();
  console.log(`append of one row: p50 ${ms(times[500])}, p99 ${ms(times[990])}`);
}

function timed<T>(what: string, work: () => T): T {
  const start = performance.now();
  const value = work();
  console.log(`${what}: ${ms(performance.now() - start)}`);
  return value;
}

function ms(time = 0): string {
  return `${time.toFixed(2)} ms`;
}
