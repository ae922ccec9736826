// `npm run simulate-bake`: what the bake's test of errors does to good and to bad releases, beside the rule that shipped first.
// Arguments: --runs <n>, --seed <n>.
import { parseArgs } from 'node:util';
import { type Bake, byEvidence, byRate, randomFrom, type Summary, simulate } from './bakes.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '4000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const runs = Number(values.runs);
const random = randomFrom(Number(values.seed));
const usual = { limit: 0.01, seconds: 300, burst: 1, corrected: false };
const rows: (readonly [string, string, Summary, Summary])[] = [];

function row(what: string, traffic: string, bake: Bake): void {
  const [evidence, rate] = [byEvidence, byRate].map((rule) => simulate(runs, random, bake, rule));
  if (evidence !== undefined && rate !== undefined) rows.push([what, traffic, evidence, rate]);
}

for (const rate of [0.005, 0.008, 0.01, 0.02, 0.05, 0.2, 1]) {
  for (const perSecond of [5, 50, 500]) {
    row(`${rate * 100} %`, `${perSecond}/s`, { ...usual, rate, perSecond: () => perSecond });
  }
}
for (const burst of [5, 20]) {
  for (const corrected of [false, true]) {
    for (const rate of [0.005, 0.05]) {
      const how = corrected ? 'divided by the burstiness' : 'not divided';
      const bake = { ...usual, rate, burst, corrected, perSecond: () => 50 };
      row(`${rate * 100} %, bursts of ${burst}, ${how}`, '50/s', bake);
    }
  }
}
const wave = (second: number) => 50 * (1 + 0.8 * Math.sin(second / 20));
const step = (second: number) => (second < 150 ? 10 : 200);
row('0.5 %, traffic in waves', '10-90/s', { ...usual, rate: 0.005, perSecond: wave });
row('0.5 %, traffic in a step', '10, 200/s', { ...usual, rate: 0.005, perSecond: step });

const words = ({ back, median }: Summary): string =>
  `${(back * 100).toFixed(2)} %${median === undefined ? '' : ` (${median} s)`}`;
process.stdout.write(
  `Limit 1 %, 5 minutes, ${runs} bakes a row, seed ${values.seed}: share taken back (median second)\n\n`,
);
process.stdout.write(
  '| true 5xx | traffic | by evidence | by the plain rate |\n|---|---|---|---|\n',
);
for (const [what, traffic, evidence, rate] of rows) {
  process.stdout.write(`| ${what} | ${traffic} | ${words(evidence)} | ${words(rate)} |\n`);
}
const good = rows.filter(([what]) => what.startsWith('0.5 %') && !what.includes('not divided'));
const tooMany = good.filter(([, , { back }]) => back >= 0.01);
process.exitCode = tooMany.length === 0 ? 0 : 1;
