import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Announce } from '../../src/journal/message-words.ts';
import { openStore, type StoreOptions } from '../../src/journal/open-store.ts';
import type { Store } from '../../src/journal/store.ts';
import { TestClock } from './clock.ts';

/** Every row of a release changes its card. */
export const tellCards: Announce = (_, release) =>
  release === undefined ? [] : [{ kind: 'card', release: release.id }];

/** A folder of its own for one test, gone when the test has ended. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a store and takes up its mirror; closed when the test has ended. Without `path` in a folder of its own. */
export function aStore(options: Partial<StoreOptions> = {}): Store {
  const store = anOpenedStore(options);
  for (const _ of store.takeUp());
  return store;
}

/** The same before its mirror is taken up. */
export function anOpenedStore(options: Partial<StoreOptions> = {}): Store {
  const store = openStore({
    path: options.path ?? join(aFolder(), 'pointsman.db'),
    clock: new TestClock(),
    configDigest: 'f'.repeat(64),
    announce: tellCards,
    reserveBytes: 65_536,
    ...options,
  });
  onTestFinished(() => store.close());
  return store;
}
