// `npm run kills`: every hit of every path killed and started again, the recoveries killed once more, and what meets.
// Arguments: --kind <kills | races | killed races | slow | twice | held>, --route <name>, --path <name> (several times each),
// --only <words of a play>, --lanes <n>, --every <n>, --seconds <n>.
// Ends with 0; 1: something was violated; 3: nothing was, and some runs could not be played.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runMeetings } from '../meetings/run-meetings.ts';
import { type Kind, kinds } from '../meetings/trouble.ts';
import { runServerKills } from '../server-kills/run-server-kills.ts';
import { grounds } from './grounds/grounds.ts';
import type { Lost } from './lanes.ts';
import { type Path, paths } from './path.ts';
import { type KillReport, runKills } from './run-kills.ts';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', multiple: true, default: ['kills', ...kinds] },
    route: { type: 'string', multiple: true, default: [...Object.keys(grounds), 'servers'] },
    lanes: { type: 'string', default: String(availableParallelism() + 1) },
    every: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '1000' },
    path: { type: 'string', multiple: true, default: [...paths] },
    only: { type: 'string' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const lanes = Number(values.lanes);
const every = Number(values.every);
const violations: string[] = [];
const lost: string[] = [];
for (const kind of values.kind) {
  for (const route of values.route) {
    const began = performance.now();
    say(`${kind} on ${route}`);
    const { report, words } = await runOn(kind, route);
    const seconds = Math.round((performance.now() - began) / 1000);
    say(
      `${words}, ${report.violations.length} violations, ${report.lost.length} lost, ${seconds} s`,
    );
    for (const violation of report.violations) say(violation);
    for (const { task, why } of report.lost) say(`lost: ${task}: ${why}`);
    violations.push(...report.violations.map((why) => `${kind} on ${route}: ${why}`));
    lost.push(...report.lost.map(({ task }) => `${kind} on ${route}: ${task}`));
  }
}
// What was lost shows nothing: it is neither a violation nor a proof.
process.exitCode = violations.length > 0 ? 1 : lost.length > 0 ? 3 : 0;
say(
  `${violations.length} violations, ${lost.length} runs lost${lost.length === 0 ? '' : `: ${lost.join('; ')}`}`,
);

interface Ran {
  readonly report: { readonly violations: readonly string[]; readonly lost: readonly Lost[] };
  /** What was played. */
  readonly words: string;
}

async function runOn(kind: string, route: string): Promise<Ran> {
  if (kind === 'kills') {
    const report = await killOn(route);
    say(JSON.stringify(report.hits));
    const { kills, second, missed } = report;
    const words = `${kills} kills (${second} of them in a recovery), ${missed} hits did not come again`;
    return { report, words };
  }
  if (!(kinds as readonly string[]).includes(kind)) {
    throw new Error(`No kind ${kind}; there are kills, ${kinds.join(', ')}.`);
  }
  const { only } = values;
  const wanted = only === undefined ? {} : { only };
  const report = await runMeetings({ kind: kind as Kind, route, lanes, every, say, ...wanted });
  return { report, words: `${report.plays} plays` };
}

async function killOn(route: string): Promise<KillReport> {
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
