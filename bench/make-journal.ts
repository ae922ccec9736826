// Makes a journal of so many rows: `npx tsx bench/make-journal.ts <database> [rows]`. Whole releases of three nodes in
// twenty services, as the bot writes them, chained, told, and with a checkpoint beside it.
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import BetterSqlite from 'better-sqlite3';
import { openStore } from '../src/journal/open-store.ts';
import type { Store } from '../src/journal/store.ts';
import { announce } from '../src/release/announce.ts';
import type { Draft, GateReport } from '../src/release/journal-entry.ts';
import { system } from '../src/release/vocabulary.ts';
import { TestClock } from '../test/support/clock.ts';
import { aRelease } from '../test/support/journal-rows.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { readonly version: string };
/** As the bot names itself. */
export const program = `pointsman ${version}`;
export const nodes = ['lb-1', 'lb-2', 'lb-3'];
export const services = [...'abcdefghijklmnopqrst'].map((letter) => `shop-${letter}`);

/** Writes whole releases until there are at least `rows`; everything but the last ten messages was told. */
export function makeJournal(path: string, rows: number): void {
  for (const end of ['', '-wal', '-shm', '.key', '.checkpoint', '.lock', '.reserve']) {
    rmSync(`${path}${end}`, { force: true });
  }
  const clock = new TestClock('2024-01-01T00:00:00.000Z');
  const store = openStore({ path, clock, configDigest: 'f'.repeat(64), announce, program });
  store.append([
    { actor: system('start'), what: { kind: 'started', pid: 1, host: 'edge-1', program } },
  ]);
  for (const service of services) store.append(aRelease({ service, nodes }).adopted().drafts());
  for (let number = 1; store.head.seq < rows; number += 1) {
    clock.advance(3_600_000);
    store.append(releasesOfAll(store, number));
  }
  store.close();
  tellAll(path);
}

/** One release of every service, in one transaction. */
function releasesOfAll(store: Store, number: number): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const service of services) {
    drafts.push(...wholeRelease(service, number, store.head.seq + drafts.length + 1));
  }
  return drafts;
}

/** The rows of one release as the bot writes them. */
export function wholeRelease(service: string, number: number, firstSeq: number): readonly Draft[] {
  const from = number % 2 === 1 ? 'blue' : 'green';
  const release = aRelease({ service, number, from, nodes, version: `1.${number}.0` });
  const { to } = release.plan;
  const deadline = { at: '2024-01-01T00:15:00.000Z', boot: 'boot-1', mono: 900_000 };
  return release
    .requested(`${service}-${number}-asked`)
    .then({ kind: 'awaiting_approval', deadline })
    .then({ kind: 'posted', what: 'card' }, 'system:slack', {
      origin: { channel: 'C0RELEASES', message: `${number}.000${service.length}` },
    })
    .approved()
    .then({ kind: 'approval_completed' })
    .then({ kind: 'stage_entered', stage: 'preflight' })
    .then({ kind: 'gates_checked', gates: gatesOf(release.plan.to), workers: {} })
    .then({ kind: 'stage_entered', stage: 'switching' })
    .switched()
    .then({ kind: 'stage_entered', stage: 'verifying' })
    .then({ kind: 'verified', sentence: 'All 3 nodes were read back twice.' })
    .then({ kind: 'acceptance_awaited', remindMs: 3_600_000, deadline: null })
    .accepted()
    .effect('disk', to)
    .then({ kind: 'persisted' })
    .then({ kind: 'drain_started', deadline })
    .then({ kind: 'drained', sessions: 0, stragglers: [] })
    .ended()
    .drafts(firstSeq);
}

function gatesOf(side: string): readonly GateReport[] {
  return nodes.flatMap((node) =>
    ['reachable', 'level', 'map', 'value', 'backend', 'healthy', 'capacity', 'writable'].map(
      (gate) => ({
        gate: `${gate} ${node}`,
        result: 'successful' as const,
        sentence: `${node}: as the switch to ${side} needs it, read twice.`,
      }),
    ),
  );
}

/** What people were told long ago. */
function tellAll(path: string): void {
  const db = new BetterSqlite(path);
  db.exec(
    `UPDATE outbox SET state = 'done', channel = 'C0RELEASES', message = id
     WHERE id < (SELECT id FROM outbox ORDER BY id DESC LIMIT 1 OFFSET 10)`,
  );
  db.pragma('journal_mode = DELETE');
  db.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [path, rows = '1000000'] = process.argv.slice(2);
  if (path === undefined) throw new Error('Name the database that is to be made.');
  const began = performance.now();
  makeJournal(path, Number(rows));
  console.log(`${path}: ${rows} rows in ${Math.round((performance.now() - began) / 1000)} s`);
}
