import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import { mutate } from './mutant.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

// What they do to the tests is for `npm run mutants`; that they still fit the code is for every day.
test.each(catalogue.map((mutant) => [mutant.check, mutant] as const))(
  '%s: its mutant still applies',
  (_, mutant) => {
    const text = readFileSync(`${root}${mutant.file}`, 'utf8');

    expect(mutant.edits).not.toEqual([]);
    expect(mutate(text, mutant)).not.toBe(text);
    expect(mutant.tests.filter((file) => !existsSync(`${root}${file}`))).toEqual([]);
  },
);
