import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { compiled } from '../support/compiled.ts';
import { aFolder } from '../support/journal-store.ts';

const program = compiled('test/journal/programs/fill-the-disk.ts');
const mount = (size: string, folder: string) => `mount -t tmpfs -o size=${size} none ${folder}`;

/** A disk of its own needs a mount namespace, which not every machine allows. */
const mayMount = spawnSync('unshare', ['-rm', 'sh', '-c', mount('1m', '/mnt')]).status === 0;

test.runIf(mayMount)(
  'on a full disk a release is refused, going back is journaled, and with room again all is as before',
  () => {
    const disk = aFolder();
    const line = `${mount('5m', disk)} && exec "$0" "$1" ${disk}`;

    const run = spawnSync('unshare', ['-rm', 'sh', '-c', line, process.execPath, program], {
      encoding: 'utf8',
    });

    expect(run.stderr).toBe('');
    const path = `${disk}/p.db`;
    expect(JSON.parse(run.stdout)).toEqual({
      refusal: 'SQLITE_FULL',
      back: { state: 'rolled_back', reserve: false },
      stillRefused: 'SQLITE_FULL',
      later: { reserve: true, mirror: false },
      said: [
        `The disk is full: ${path}.reserve was deleted, so that going back can be journaled. Nothing else is until there is room again.`,
      ],
      verified: 'verified',
    });
  },
);
