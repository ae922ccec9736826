// `npm run soak -- --minutes N [--seed S] [--route <name> | --through slack]`: random releases, faults and kills, judged after
// every round. Without a route: two services on one map, below Slack. With one: what meets on it, a new journal each round.
// Through Slack: the whole bot. The seed repeats every choice; when things meet is up to the machine.
import { parseArgs } from 'node:util';
import { Dice } from './dice.ts';
import { soakOn } from './route-soak.ts';
import { soakThroughSlack } from './slack-soak.ts';
import type { SoakReport } from './soak-report.ts';
import { soakTwoKeys } from './two-keys-soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    route: { type: 'string' },
    through: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const seed = Number(values.seed);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const counts = new Map<string, number>();
const plan = {
  minutes: Number(values.minutes),
  dice: new Dice(seed),
  count: (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1),
};
say(`seed ${seed}`);
const began = performance.now();
const report = await soak();
const minutes = (performance.now() - began) / 60_000;
for (const [what, times] of [...counts].sort()) say(`  ${what}: ${times}`);
for (const note of report.notes ?? []) say(note);
for (const violation of report.violations) say(`violation: ${violation}`);
if (report.violations.length > 0) process.exitCode = 1;
say(
  `${report.rounds} rounds in ${minutes.toFixed(1)} minutes, ${report.violations.length} violations. Again: --seed ${seed}`,
);

function soak(): Promise<SoakReport> {
  const { through, route } = values;
  if (through === 'slack') return soakThroughSlack(plan);
  if (through !== undefined) throw new Error(`--through takes slack, not ${through}.`);
  return route === undefined ? soakTwoKeys(plan) : soakOn({ ...plan, route });
}
