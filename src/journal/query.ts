import type { Database, Statement } from 'better-sqlite3';

/**
 * One SQL statement of the program. Every one is declared with `query` at the top of its module, and nothing else
 * prepares statements: so a test can look at the plan of each (`test/journal/query-plans.test.ts`).
 */
export class Query {
  readonly sql: string;

  constructor(sql: string) {
    this.sql = sql;
  }

  /** Prepares it. Throws SqliteError where the database's schema is another. */
  on(db: Database): Statement {
    return db.prepare(this.sql);
  }
}

const declared: Query[] = [];

export function query(sql: string): Query {
  const made = new Query(sql);
  declared.push(made);
  return made;
}

/** Every query of the modules that are loaded. */
export function declaredQueries(): readonly Query[] {
  return declared;
}
