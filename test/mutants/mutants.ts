// `npm run mutants`: every safety check switched off, one at a time, in a copy; at least one test must fail for each.
// Arguments: --only <words of a check or of its file> (several times), --shard <i/n>, --lanes <n>,
// --results <file>: each verdict is appended there, and one that stands there is not sought again unless --again is given.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogue } from './catalogue.ts';
import type { Mutant } from './mutant.ts';
import { type Result, Results, shardOf } from './results.ts';
import { type Verdict, Workshop } from './workshop.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    shard: { type: 'string', default: '1/1' },
    lanes: { type: 'string', default: '2' },
    results: { type: 'string' },
    again: { type: 'boolean', default: false },
  },
});
const file = values.results ?? join(mkdtempSync(join(tmpdir(), 'pm-results-')), 'mutants.jsonl');
const chosen = catalogue.filter((mutant) =>
  values.only.some((words) => mutant.check.includes(words) || mutant.file.includes(words)),
);
const mutants = shardOf(chosen, values.shard);
const results = new Results(file);
const isDone = ({ check }: Mutant) => !values.again && results.of(check)?.verdict.kind === 'killed';
const waiting = mutants.filter((mutant) => !isDone(mutant));
process.stderr.write(
  `${mutants.length} mutants, ${mutants.length - waiting.length} of them judged before; results in ${file}\n`,
);
const began = performance.now();
let judged = 0;
await Promise.all(Array.from({ length: Number(values.lanes) }, () => work()));
report();

/** Takes one mutant after the other, in a copy of its own. */
async function work(): Promise<void> {
  const lane = new Workshop();
  try {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const since = performance.now();
      // A test that has found it once comes first: most often it does so again.
      const before = results.of(mutant.check)?.verdict;
      const verdict = await lane.judge(mutant, before?.kind === 'killed' ? before.by : []);
      const seconds = Math.round((performance.now() - since) / 100) / 10;
      results.add({ check: mutant.check, verdict, seconds });
      judged += 1;
      process.stderr.write(`${judged} ${mutant.check}: ${words(verdict)} (${seconds} s)\n`);
    }
  } finally {
    lane.end();
  }
}

function report(): void {
  const known = mutants.flatMap(({ check, file: where }) => {
    const result = results.of(check);
    return result === undefined ? [] : [{ ...result, where }];
  });
  const write = (line: string) => process.stdout.write(`${line}\n`);
  write('| Check that is switched off | Where | Test that fails | s |');
  write('| --- | --- | --- | --- |');
  for (const { check, where, verdict, seconds } of known) {
    write(`| ${check} | \`${where}\` | ${words(verdict)} | ${seconds} |`);
  }
  const alive = known.filter(({ verdict }) => verdict.kind !== 'killed');
  const seconds = Math.round((performance.now() - began) / 1000);
  write(`\n${known.length} mutants, ${known.length - alive.length} killed, ${alive.length} not`);
  write(`${judged} of them judged in ${seconds} s; ${slowest(known)}`);
  process.exitCode = alive.length === 0 ? 0 : 1;
}

function slowest(known: readonly Result[]): string {
  const sorted = [...known].sort((a, b) => b.seconds - a.seconds).slice(0, 3);
  return `slowest: ${sorted.map(({ check, seconds }) => `${check} (${seconds} s)`).join(', ')}`;
}

function words(verdict: Verdict): string {
  if (verdict.kind === 'killed') return verdict.by[0] ?? '';
  return verdict.kind === 'survived' ? '**survived**' : `**not tested**: ${verdict.why}`;
}
