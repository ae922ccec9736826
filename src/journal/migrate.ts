import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Database } from 'better-sqlite3';
import { DatabaseRefused } from './errors.ts';
import { query } from './query.ts';

/** "PNTS": the application id in the header of every database of this program. */
export const applicationId = 0x50_4e_54_53;

/** One step of the schema, from the version before it. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

const copyInto = query('VACUUM INTO ?');
const folder = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** The migrations this program ships, oldest first: `migrations/<version>_<name>.sql`. */
export function shippedMigrations(): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name,
      sql: readFileSync(`${folder}${name}`, 'utf8'),
    }));
}

export function schemaVersion(db: Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/**
 * Brings the schema to the newest version, all steps in one transaction. An older database is copied first to
 * `<database>.before-<version>` unless `copies` is false, and the answer is the sentence that says so; undefined where
 * there was nothing to bring forward.
 */
export function migrate(
  db: Database,
  migrations: readonly Migration[] = shippedMigrations(),
  copies = true,
): string | undefined {
  const from = schemaVersion(db);
  const steps = migrations.filter(({ version }) => version > from);
  const newest = newestOf(migrations);
  checkVersion(db, migrations);
  if (steps.length === 0) return undefined;
  const copy = from === 0 || !copies ? undefined : copyAside(db, newest);
  db.transaction(() => {
    for (const { sql } of steps) db.exec(sql);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${newest}`);
  }).immediate();
  if (from === 0) return undefined;
  const before = copy === undefined ? '' : `; as it was before stands in ${copy}`;
  return `The database was brought from schema ${from} to ${newest}${before}.`;
}

function copyAside(db: Database, newest: number): string {
  const copy = `${db.name}.before-${newest}`;
  try {
    copyInto.on(db).run(copy);
  } catch (error) {
    throw new DatabaseRefused(
      `Refused: before the schema of ${db.name} is changed it is copied to ${copy}, and that failed: ${(error as Error).message}. Make room, or move an older copy away; nothing was changed.`,
      { cause: error },
    );
  }
  return copy;
}

/** True where an older program has written the database: its schema is brought forward at the next start. */
export function isOlderSchema(db: Database): boolean {
  return schemaVersion(db) < newestOf(shippedMigrations());
}

/** Throws DatabaseRefused where a newer program has written the database. */
export function checkVersion(
  db: Database,
  migrations: readonly Migration[] = shippedMigrations(),
): void {
  const found = schemaVersion(db);
  const newest = newestOf(migrations);
  if (found <= newest) return;
  throw new DatabaseRefused(
    `Refused: ${db.name} has schema ${found}, and this Pointsman knows schemas up to ${newest}: a newer Pointsman has written it. Start that one, or restore a backup from before the update.`,
  );
}

function newestOf(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}
