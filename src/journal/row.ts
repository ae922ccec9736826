import { createHash } from 'node:crypto';
import type { Draft, Entry, Happening, Instant, Origin } from '../release/journal-entry.ts';
import { actor, nodeName } from '../release/vocabulary.ts';
import { fitBody } from './fit-body.ts';

/** The columns of table `journal`, in order. */
export const columns = [
  'seq',
  'at',
  'boot',
  'mono',
  'release',
  'service',
  'node',
  'kind',
  'actor',
  'team',
  'channel',
  'message',
  'request',
  'before',
  'after',
  'readback',
  'config_digest',
  'plan_digest',
  'body',
  'prev',
  'hash',
] as const;

/** A row as SQLite holds it. */
export interface Row {
  readonly seq: number;
  readonly at: string;
  readonly boot: string;
  readonly mono: number;
  readonly release: string | null;
  readonly service: string | null;
  readonly node: string | null;
  readonly kind: string;
  readonly actor: string;
  readonly team: string | null;
  readonly channel: string | null;
  readonly message: string | null;
  readonly request: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly readback: string | null;
  readonly config_digest: string;
  readonly plan_digest: string | null;
  /** JSON: everything of the happening but its kind. */
  readonly body: string;
  readonly prev: string;
  readonly hash: string;
}

/** Where a row stands in the chain; `hash` of the row before it. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first row. */
export const origin: Head = { seq: 0, hash: '0'.repeat(64) };

/**
 * The columns that a row's hash covers, in the order of canonical JSON (RFC 8785, 3.2.3): those of schema 1, by name.
 * A column that a later migration adds needs a rule of its own, so that the rows before it keep their hashes
 * (docs/decisions/0018-schemas-to-come.md).
 */
const hashed = columns.filter((column) => column !== 'hash').toSorted();
const keys = hashed.map((column, i) => `${i === 0 ? '{' : ','}"${column}":`);

/** The hash of a row: over every named column but `hash`. Throws for a value that JSON does not have. */
export function hashOf(row: Row): string {
  let text = '';
  for (const [i, column] of hashed.entries()) {
    const value = row[column];
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new Error(`Column ${column} of row ${row.seq} has no canonical form.`);
    }
    text += keys[i] + JSON.stringify(value);
  }
  return createHash('sha256').update(`${text}}`).digest('hex');
}

/** The next row of the chain. */
export function makeRow(draft: Draft, head: Head, instant: Instant, configDigest: string): Row {
  const { kind, ...body } = draft.what;
  const { team, channel, message, request } = draft.origin ?? {};
  const row: Row = {
    seq: head.seq + 1,
    at: instant.at,
    boot: instant.boot,
    mono: instant.mono,
    release: column(draft.release),
    service: column(draft.service),
    node: column(draft.node),
    kind,
    actor: column(draft.actor) ?? '',
    team: column(team),
    channel: column(channel),
    message: column(message),
    request: column(request),
    before: column(draft.before),
    after: column(draft.after),
    readback: column(draft.readback),
    config_digest: configDigest,
    plan_digest: column(draft.planDigest),
    body: fitBody(body),
    prev: head.hash,
    hash: '',
  };
  return { ...row, hash: hashOf(row) };
}

/** The row as the rest of the program knows it. */
export function entryOf(row: Row): Entry {
  return {
    seq: row.seq,
    instant: { at: row.at, boot: row.boot, mono: row.mono },
    actor: actor(row.actor),
    ...given({ release: row.release, service: row.service }),
    ...(row.node === null ? {} : { node: nodeName(row.node) }),
    ...originOf(row),
    ...given({
      before: row.before,
      after: row.after,
      readback: row.readback,
      planDigest: row.plan_digest,
    }),
    configDigest: row.config_digest,
    what: { ...JSON.parse(row.body), kind: row.kind } as Happening,
    prev: row.prev,
    hash: row.hash,
  };
}

function originOf({ team, channel, message, request }: Row): { readonly origin?: Origin } {
  const found = given({ team, channel, message, request });
  return Object.keys(found).length === 0 ? {} : { origin: found };
}

/** The fields that are not null. */
function given<K extends string>(fields: Record<K, string | null>): { [P in K]?: string } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [P in K]?: string;
  };
}

const longestColumn = 2_000;

/** A text as its column holds it. Half a surrogate pair would come back from SQLite as another character. */
export function column(text: string | undefined): string | null {
  return text?.slice(0, longestColumn).replace(/\p{Surrogate}/gu, '\ufffd') ?? null;
}
