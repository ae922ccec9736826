import type { Mutant } from './mutant.ts';

const store = 'test/journal/store.test.ts';
const verify = 'test/journal/verify.test.ts';
const proofs = 'test/journal/proofs.test.ts';

/** The program's memory. */
export const journalMutants: readonly Mutant[] = [
  {
    check: 'lock: one open release per service',
    file: 'src/journal/ledger.ts',
    edits: [
      {
        find: 'if (lock !== undefined) throw new LockTaken',
        replace: 'if (lock !== undefined && lock.release === "") throw new LockTaken',
      },
    ],
    tests: [store],
  },
  {
    check: 'lock: free when its release ends',
    file: 'src/journal/derive.ts',
    edits: [
      {
        find: 'return isEnd(release.state) ?',
        replace: `return isEnd(release.state) && release.state !== 'completed' ?`,
      },
    ],
    tests: ['test/engine/safeguards.test.ts'],
  },
  {
    check: 'lock: held until the release has ended',
    file: 'src/journal/derive.ts',
    edits: [
      {
        find: 'return isEnd(release.state) ?',
        replace: `return isEnd(release.state) || release.state === 'needs_attention' ?`,
      },
    ],
    tests: ['test/engine/safeguards.test.ts'],
  },
  {
    check: 'dedupe: one delivery has one effect',
    file: 'src/journal/store.ts',
    edits: [
      {
        find: `if (of !== undefined) return { kind: 'duplicate', of };`,
        replace: `if (of !== undefined && of < 0) return { kind: 'duplicate', of };`,
      },
    ],
    tests: [store],
  },
  {
    check: 'anchor: a cut tail',
    file: 'src/journal/anchor.ts',
    edits: [
      {
        find: 'if (found === hash) return [];',
        replace: 'if (found === hash || found === undefined) return [];',
      },
    ],
    tests: [verify],
  },
  {
    check: 'anchor: a history rewritten whole',
    file: 'src/journal/anchor.ts',
    edits: [
      { find: 'if (found === hash) return [];', replace: 'if (found !== undefined) return [];' },
    ],
    tests: [verify],
  },
  {
    check: 'chain: the content of a row is what its hash was made of',
    file: 'src/journal/chain.ts',
    edits: [{ find: 'return hashOf(row) === row.hash;', replace: 'return hashOf(row) !== "";' }],
    tests: [verify],
  },
  {
    check: 'chain: a row follows the one before it',
    file: 'src/journal/chain.ts',
    edits: [{ find: 'if (row.prev !== this.#head.hash) {', replace: 'if (row.prev === "") {' }],
    tests: [verify],
  },
  {
    check: 'rows of another program are noticed before anything is done',
    file: 'src/journal/ledger.ts',
    edits: [
      {
        find: 'if (seq === this.#head.seq && hash === this.#head.hash) return;',
        replace: 'if (seq >= 0 || hash === this.#head.hash) return;',
      },
    ],
    tests: [store],
  },
  {
    check: 'one process per database',
    file: 'src/journal/hold-database.ts',
    edits: [
      {
        find: `    db.exec('COMMIT');\n    take(db, database);`,
        replace: `    db.exec('COMMIT');`,
      },
    ],
    tests: ['test/journal/hold-database.test.ts'],
  },
  {
    check: 'fail closed: only going back may use the mirror',
    file: 'src/journal/goes-back.ts',
    edits: [
      {
        find: '  return drafts.every(\n',
        replace: '  return drafts.some(() => true) || drafts.every(\n',
      },
    ],
    tests: ['test/journal/means.test.ts'],
  },
  {
    check: 'a database that was moved away takes no rows',
    file: 'src/journal/means.ts',
    edits: [
      {
        find: 'if (statSync(this.#path, { throwIfNoEntry: false })?.ino === this.#inode) return;',
        replace: 'if (this.#inode >= 0) return;',
      },
    ],
    tests: ['test/journal/unwritable.test.ts'],
  },
  {
    check: 'every commit reaches the disk (synchronous = FULL)',
    file: 'src/journal/open-database.ts',
    edits: [
      { find: `db.pragma('synchronous = FULL');`, replace: `db.pragma('synchronous = OFF');` },
    ],
    tests: ['test/journal/schema.test.ts'],
  },
  {
    check: 'a message under way at a kill is in doubt after the start',
    file: 'src/journal/open-store.ts',
    edits: [
      { find: 'withReserve(reserve, () => new Outbox(db).doubtInterrupted());', replace: '' },
    ],
    tests: ['test/journal/outbox.test.ts'],
  },
  {
    check: 'files: what other users could read of a journal is taken from them',
    file: 'src/journal/private-files.ts',
    edits: [{ find: 'chmodSync(path, 0o600);', replace: 'void path;' }],
    tests: ['test/journal/private-files.test.ts'],
  },
  {
    check: 'files: a link where a file of the database belongs is refused',
    file: 'src/journal/private-files.ts',
    edits: [{ find: '?.isSymbolicLink()) {', replace: '?.isFIFO()) {' }],
    tests: ['test/journal/private-files.test.ts'],
  },
  {
    check: 'files: the reserve is a new file each time',
    file: 'src/journal/reserve.ts',
    edits: [
      {
        find: "rmSync(this.path, { force: true });\n    const file = openSync(this.path, 'wx', 0o600);",
        replace: "const file = openSync(this.path, 'w', 0o600);",
      },
    ],
    tests: ['test/journal/private-files.test.ts'],
  },
  {
    check: 'files: the mirror does not follow a link',
    file: 'src/journal/mirror.ts',
    edits: [
      {
        find: 'constants.O_CREAT | constants.O_NOFOLLOW',
        replace: 'constants.O_CREAT',
      },
    ],
    tests: ['test/journal/private-files.test.ts'],
  },
  {
    check: 'files: what another user put in the place of the database is refused',
    file: 'src/journal/private-files.ts',
    edits: [
      {
        find: 'if (uid === undefined || mayOwn(uid, database)) continue;',
        replace: 'if (uid !== -1) continue;',
      },
    ],
    tests: ['test/journal/private-files.test.ts'],
  },
  {
    check: 'files: a key that another user wrote is not believed',
    file: 'src/journal/journal-key.ts',
    edits: [
      {
        find: 'if (!found.isFile() || !mayOwn(found.uid, database)) return undefined;',
        replace: 'if (!found.isFile()) return undefined;',
      },
    ],
    tests: ['test/journal/private-files.test.ts'],
  },
  {
    check: 'mirror: a line without the mark of the key is not believed',
    file: 'src/journal/mirror.ts',
    edits: [{ find: 'return isOurs ? rows : undefined;', replace: 'return rows;' }],
    tests: ['test/journal/mirror.test.ts'],
  },
  {
    check: 'mirror: only rows that serve going back are imported',
    file: 'src/journal/mirror-import.ts',
    edits: [
      {
        find: 'if (!goesBack(fresh.map(entryOf), (id) => this.#into.release(id))) {',
        replace: 'if (fresh.length < 0) {',
      },
    ],
    tests: ['test/journal/means.test.ts'],
  },
  {
    check: 'mirror: only rows that follow the journal are imported',
    file: 'src/journal/mirror-import.ts',
    edits: [
      {
        find: 'if (row.seq !== last.seq + 1 || row.prev !== last.hash || hashOf(row) !== row.hash) {',
        replace: 'if (row.seq < 0) {',
      },
    ],
    tests: ['test/journal/means.test.ts'],
  },
  {
    check: 'mirror: nothing is written before the rows that wait there',
    file: 'src/journal/means.ts',
    edits: [{ find: 'if (this.#waits) throw', replace: 'if (this.#path === "") throw' }],
    tests: ['test/journal/means.test.ts'],
  },
  {
    check: 'outbox: what no row says is not told',
    file: 'src/journal/message-words.ts',
    edits: [
      {
        find: 'return words !== undefined && kindOfMessage(words) === item.kind ? words : undefined;',
        replace: 'return words;',
      },
    ],
    tests: ['test/journal/outbox.test.ts'],
  },
  {
    check: 'outbox: its waiting messages are found by their index',
    file: 'src/journal/outbox.ts',
    edits: [
      {
        find: `FROM outbox o INDEXED BY outbox_waiting CROSS JOIN journal j ON j.seq = o.id / \${places}\n   WHERE o.state IN ('pending', 'sending') AND o.state = 'pending' AND o.id > ?`,
        replace: `FROM outbox o CROSS JOIN journal j ON j.seq = o.id / \${places}\n   WHERE o.state = 'pending' AND o.kind > ?`,
      },
    ],
    tests: ['test/journal/query-plans.test.ts'],
  },
  {
    check: 'outbox: nothing of one service overtakes, whatever is urgent',
    file: 'src/slack/message-queue.ts',
    edits: [{ find: 'return this.#questions > 0 ? 1 : 2;', replace: 'return 2;' }],
    tests: ['test/slack/message-queue.test.ts'],
  },
  {
    check: 'start: a journal that ends before its checkpoint, or holds another history, is found',
    file: 'src/journal/prove-tail.ts',
    edits: [{ find: 'if (anchors.length > 0) return', replace: 'if (anchors.length > 9) return' }],
    tests: [proofs],
  },
  {
    check: 'start: a release that is called open and is not is found',
    file: 'src/journal/derived-differences.ts',
    edits: [{ find: 'if (this.#after > 0) this.#strayOpen();', replace: '' }],
    tests: [proofs],
  },
  {
    check: 'start: a message that was taken out of the outbox is found',
    file: 'src/journal/prove-tail.ts',
    edits: [{ find: '    messages.take(entry, (id) => replay.release(id));\n', replace: '' }],
    tests: [proofs],
  },
  {
    check: 'start: a checkpoint without the mark of the key is not believed',
    file: 'src/journal/checkpoint.ts',
    edits: [
      {
        find: "if (!this.#key.isMark(mark, purpose, body)) return { kind: 'forged' };",
        replace: "if (mark === '') return { kind: 'forged' };",
      },
    ],
    tests: [proofs],
  },
  {
    check: 'start: what a proof found locks releases until somebody takes note',
    file: 'src/journal/journal-trust.ts',
    edits: [
      {
        find: "if (what.kind === 'journal_fault') for (const one of what.findings) this.#open.add(one);",
        replace: '',
      },
    ],
    tests: [proofs],
  },
  {
    check: 'start: what was put right and is done again is told again',
    file: 'src/journal/journal-trust.ts',
    edits: [
      {
        find: "kind === 'derived' ? this.#acknowledgedHere : this.#acknowledged",
        replace: "kind === 'damaged' ? this.#acknowledgedHere : this.#acknowledged",
      },
    ],
    tests: ['test/engine/acknowledge-journal.test.ts'],
  },
  {
    check: 'outbox: what is left of a cut tail keeps no row from being written',
    file: 'src/journal/outbox.ts',
    edits: [
      {
        find: 'INSERT OR REPLACE INTO outbox (id, kind)',
        replace: 'INSERT INTO outbox (id, kind)',
      },
    ],
    tests: [proofs],
  },
  {
    check: 'schema: a database is compared with the schema of its own version',
    file: 'src/journal/check-schema.ts',
    edits: [
      {
        find: 'migrations.filter(({ version }) => version <= own),',
        replace: 'migrations.filter(({ version }) => version <= own + 99),',
      },
    ],
    tests: ['test/journal/older-schema.test.ts'],
  },
];
