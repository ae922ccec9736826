import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openAlone } from '../../src/alone.ts';
import type { Asker, Command } from '../../src/commands/command.ts';
import { parse } from '../../src/commands/parse.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { actor } from '../../src/release/vocabulary.ts';
import { configOf } from '../config/config-text.ts';
import { aRelease } from '../support/journal-rows.ts';
import { aFolder, aStore } from '../support/journal-store.ts';

const program = 'pointsman 9.9.9';
const because = 'looked with audit verify, a test row';
const now = new Date('2026-11-20T12:00:00Z');
/** The command as it is typed: in Slack, which knows the services there are, and on the command line, which does not. */
const unlock = typed(`unlock journal because ${because}`, ['checkout']) as Command;
const finding = 'Table lock was not what the rows say: billing was extra.';

/** A database in which somebody has put a lock that no release holds. */
function aTouchedJournal(): string {
  const path = `${aFolder()}/p.db`;
  const store = aStore({ path, program });
  store.append(aRelease().adopted().drafts());
  store.close();
  touch(path);
  return path;
}

function touch(path: string): void {
  const db = new Database(path);
  db.exec("INSERT INTO lock VALUES ('billing', 'billing-7', 'now')");
  db.close();
}

/** The program on this database, as it answers both doors; Olaf operates, Rita releases, `ops` is Olaf on the host. */
function aStart(path: string) {
  const config = configOf((file) => {
    file.roles = {
      viewer: ['*'],
      releaser: ['U0RITA'],
      approver: ['U0ANN'],
      operator: ['U0OLAF', 'U0OTTO', 'cli:ops'],
    };
  });
  const house = openAlone(
    { ...config, database: path },
    {
      drives: false,
      program,
      reportError: (error) => {
        throw error;
      },
    },
  );
  const close = async () => {
    await house.close();
  };
  onTestFinished(close);
  return { ask: house.ask, close };
}

function asker(who: string, request?: string): Asker {
  return {
    actor: actor(who),
    timezone: 'UTC',
    foreign: false,
    ...(who.startsWith('cli:')
      ? { door: 'cli' as const }
      : { door: 'slack' as const, team: 'T0', channel: 'C0RELEASES' }),
    ...(request === undefined ? {} : { request }),
  };
}

function typed(text: string, services: readonly string[] | undefined) {
  const line = { name: '/release', timezone: 'UTC' };
  return parse('release', text, line, now, services === undefined ? {} : { services });
}

/** Who, what and why of the rows that tell of the journal itself. */
function auditRows(path: string) {
  const db = new Database(path, { readonly: true });
  const rows = db
    .prepare(
      "SELECT kind, actor, team, channel, request, body FROM journal WHERE kind LIKE 'journal_%' ORDER BY seq",
    )
    .all() as { kind: string; body: string }[];
  db.close();
  return rows.map(({ body, ...row }) => ({ ...row, ...JSON.parse(body) }));
}

const fault = {
  kind: 'journal_fault',
  actor: 'system:audit',
  team: null,
  channel: null,
  request: null,
  findings: [finding],
};
const done = {
  kind: 'done',
  text: 'The journal counts as it stands: releases may begin again.',
};
const nothing = {
  kind: 'refused',
  text: 'Refused: the journal is as Pointsman wrote it; nothing of it is locked.',
};

test.each([
  ['Slack', 'U0OLAF', { team: 'T0', channel: 'C0RELEASES', request: 'press-1' }],
  ['the command line', 'cli:ops', { team: null, channel: null, request: 'press-1' }],
])(
  'an operator takes the journal as it stands, by %s: one row says who and why',
  async (_, who, origin) => {
    const path = aTouchedJournal();
    const { ask } = aStart(path);

    const before = await ask({ kind: 'release', service: 'checkout' } as Command, asker('U0RITA'));
    const reply = await ask(unlock, asker(who, 'press-1'));
    const copy = await ask(unlock, asker(who, 'press-1'));

    expect(before).toMatchObject({
      kind: 'refused',
      text: expect.stringContaining(`nothing new is begun: ${finding}`),
    });
    expect(reply).toEqual(done);
    expect(copy).toEqual({ kind: 'silent' });
    expect(auditRows(path)).toEqual([
      fault,
      { kind: 'journal_acknowledged', actor: who, ...origin, reason: because },
    ]);
  },
);

test.each(['U0RITA', 'U0ANN', 'U0SAM', 'cli:rita'])(
  '%s is no operator: refused, and the journal stays locked',
  async (who) => {
    const path = aTouchedJournal();
    const { ask } = aStart(path);

    const reply = await ask(unlock, asker(who));

    expect(reply).toMatchObject({ kind: 'refused' });
    expect(auditRows(path)).toEqual([fault]);
    expect(await ask(unlock, asker('U0OLAF'))).toEqual(done);
  },
);

test.each([
  ['known, as in Slack', ['checkout']],
  ['not known, as on the command line', undefined],
])('it can be typed where the services are %s', (_, known) => {
  expect(typed(`unlock journal because ${because}`, known)).toEqual({
    kind: 'unlock',
    service: 'journal',
    because,
  });
  for (const text of ['unlock journal', 'unlock journal because', 'unlock journal because   ']) {
    expect(typed(text, known)).toMatchObject({
      kind: 'misunderstood',
      sentence: expect.stringContaining('because <reason>'),
    });
  }
  expect(typed('lock journal because x', known)).toMatchObject({ kind: 'misunderstood' });
});

test('where nothing was found there is nothing to take note of, and no row says so', async () => {
  const path = aTouchedJournal();
  const store = aStore({ path: `${aFolder()}/q.db`, program });
  store.append(aRelease().adopted().drafts());
  store.close();
  const clean = aStart(store.path);
  const touched = aStart(path);

  expect(await clean.ask(unlock, asker('U0OLAF'))).toEqual(nothing);
  expect(await touched.ask(unlock, asker('U0OLAF'))).toEqual(done);
  expect(await touched.ask(unlock, asker('U0OLAF'))).toEqual(nothing);
  expect(auditRows(store.path)).toEqual([]);
});

test('of two operators at once one takes note, and the other hears that it is done', async () => {
  const path = aTouchedJournal();
  const { ask } = aStart(path);

  const replies = await Promise.all([
    ask(unlock, asker('U0OLAF', 'press-1')),
    ask(unlock, asker('U0OTTO', 'press-2')),
  ]);

  expect(replies).toEqual([done, nothing]);
  expect(auditRows(path).map(({ kind }) => kind)).toEqual([
    'journal_fault',
    'journal_acknowledged',
  ]);
});

test('it stays locked over a restart until somebody takes note, and unlocked over the next', async () => {
  const path = aTouchedJournal();
  await aStart(path).close();
  const second = aStart(path);

  expect(await second.ask(unlock, asker('cli:ops'))).toEqual(done);
  await second.close();
  const third = aStart(path);

  expect(await third.ask(unlock, asker('cli:ops'))).toEqual(nothing);
  expect(auditRows(path)).toHaveLength(2);
  expect(verifyJournal(path).kind).toBe('verified');
});

test('the same thing done again is found and told again, whoever took note of it before', async () => {
  const path = aTouchedJournal();
  const first = aStart(path);
  await first.ask(unlock, asker('U0OLAF'));
  await first.close();
  touch(path);

  const again = aStart(path);

  expect(await again.ask(unlock, asker('U0OLAF'))).toEqual(done);
  expect(auditRows(path).map(({ kind }) => kind)).toEqual([
    'journal_fault',
    'journal_acknowledged',
    'journal_fault',
    'journal_acknowledged',
  ]);
});
