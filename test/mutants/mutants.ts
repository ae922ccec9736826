// `npm run mutants`: every safety check switched off, one at a time, in a copy; at least one test must fail for each.
// Arguments: --only <words of a check>, --lanes <n>.
import { parseArgs } from 'node:util';
import { catalogue } from './catalogue.ts';
import type { Mutant } from './mutant.ts';
import { type Verdict, Workshop } from './workshop.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, lanes: { type: 'string', default: '2' } },
});
const mutants = catalogue.filter(({ check }) => check.includes(values.only));
const lanes = Array.from({ length: Number(values.lanes) }, () => new Workshop());
const began = performance.now();
const rows: { readonly mutant: Mutant; readonly verdict: Verdict }[] = [];

try {
  const tests = [...new Set(mutants.flatMap((mutant) => mutant.tests))];
  await spread(tests, async (lane, test) => {
    const verdict = await lane.unchanged([test]);
    if (verdict.kind !== 'survived') {
      throw new Error(`${test} does not pass without a mutant: ${JSON.stringify(verdict)}`);
    }
  });
  await spread(mutants, async (lane, mutant) => {
    const verdict = await lane.judge(mutant);
    rows.push({ mutant, verdict });
    process.stderr.write(`${rows.length}/${mutants.length} ${mutant.check}: ${words(verdict)}\n`);
  });
} finally {
  for (const lane of lanes) lane.end();
}

const order = (mutant: Mutant) => mutants.indexOf(mutant);
rows.sort((a, b) => order(a.mutant) - order(b.mutant));
process.stdout.write('| Check that is switched off | Where | Test that fails |\n|---|---|---|\n');
for (const { mutant, verdict } of rows) {
  process.stdout.write(`| ${mutant.check} | \`${mutant.file}\` | ${words(verdict)} |\n`);
}
const alive = rows.filter(({ verdict }) => verdict.kind !== 'killed').length;
const seconds = Math.round((performance.now() - began) / 1000);
process.stdout.write(
  `\n${rows.length} mutants, ${rows.length - alive} killed, ${alive} not, ${seconds} s\n`,
);
process.exitCode = alive === 0 ? 0 : 1;

function words(verdict: Verdict): string {
  if (verdict.kind === 'killed') return verdict.by[0] ?? '';
  return verdict.kind === 'survived' ? '**survived**' : `**not tested**: ${verdict.why}`;
}

async function spread<T>(
  tasks: readonly T[],
  work: (lane: Workshop, task: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
        await work(lane, task);
      }
    }),
  );
}
