// `npm run kills`: every hit of every path killed and started again, and the recoveries killed once more.
// Arguments: --route <name>, --lanes <n>, --every <n>, --seconds <n>, --path <name> (several times).
// Ends with 0; 1: something was violated; 3: nothing was, and some runs could not be played.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runServerKills } from '../server-kills/run-server-kills.ts';
import { grounds } from './grounds/grounds.ts';
import { type Path, paths } from './path.ts';
import { type KillReport, runKills } from './run-kills.ts';

const { values } = parseArgs({
  options: {
    route: { type: 'string', multiple: true, default: [...Object.keys(grounds), 'servers'] },
    lanes: { type: 'string', default: String(availableParallelism() + 1) },
    every: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '1000' },
    path: { type: 'string', multiple: true, default: [...paths] },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const violations: string[] = [];
const lost: string[] = [];
for (const route of values.route) {
  const began = performance.now();
  say(route);
  const report = await killOn(route);
  const seconds = Math.round((performance.now() - began) / 1000);
  say(JSON.stringify(report.hits));
  say(
    `${report.kills} kills (${report.second} of them in a recovery), ${report.missed} hits did not come again, ${report.violations.length} violations, ${report.lost.length} lost, ${seconds} s`,
  );
  for (const violation of report.violations) say(violation);
  for (const { task, why } of report.lost) say(`lost: ${task}: ${why}`);
  violations.push(...report.violations.map((violation) => `${route}: ${violation}`));
  lost.push(...report.lost.map(({ task }) => `${route}: ${task}`));
}
// What was lost shows nothing: it is neither a violation nor a proof.
process.exitCode = violations.length > 0 ? 1 : lost.length > 0 ? 3 : 0;
say(
  `${violations.length} violations, ${lost.length} runs lost${lost.length === 0 ? '' : `: ${lost.join('; ')}`}`,
);

async function killOn(route: string): Promise<KillReport> {
  const lanes = Number(values.lanes);
  const every = Number(values.every);
  // Single servers have no sides, so they have paths and a judge of their own.
  if (route === 'servers') return { ...(await runServerKills({ lanes, every, say })), missed: 0 };
  const ground = grounds[route];
  if (ground === undefined) throw new Error(`No ${route}; there are ${Object.keys(grounds)}.`);
  const chosen = values.path.filter((path): path is Path => isPath(path));
  return runKills({ ground, paths: chosen, lanes, every, seconds: Number(values.seconds), say });
}

function isPath(path: string): boolean {
  return (paths as readonly string[]).includes(path);
}
