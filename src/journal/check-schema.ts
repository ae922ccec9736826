import BetterSqlite, { type Database } from 'better-sqlite3';
import type { Finding } from './finding.ts';
import { migrate, schemaVersion, shippedMigrations } from './migrate.ts';
import { query } from './query.ts';

const schema = query("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL");

/**
 * Compares tables, indexes and triggers with those of the database's own schema version, as this program makes them:
 * without them the database refuses nothing.
 */
export function checkSchema(db: Database, migrations = shippedMigrations()): readonly Finding[] {
  const model = new BetterSqlite(':memory:');
  const own = schemaVersion(db);
  try {
    migrate(
      model,
      migrations.filter(({ version }) => version <= own),
    );
    return compare(schemaOf(model), schemaOf(db));
  } finally {
    model.close();
  }
}

type Schema = ReadonlyMap<string, string>;

function schemaOf(db: Database): Schema {
  const rows = schema.on(db).raw().all() as [string, string][];
  return new Map(rows);
}

function compare(expected: Schema, found: Schema): readonly Finding[] {
  const wrong = [...expected].flatMap(([name, sql]) => {
    const other = found.get(name);
    if (other === sql) return [];
    return [other === undefined ? `The ${name} is missing.` : `The ${name} was changed.`];
  });
  const strange = [...found.keys()]
    .filter((name) => !expected.has(name))
    .map((name) => `The ${name} is none of Pointsman's.`);
  return [...wrong, ...strange].map((sentence) => ({ kind: 'schema', sentence }));
}
