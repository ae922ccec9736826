// `npm run kills`: every hit of every path killed and started again, and the recoveries killed once more.
// Arguments: --route <name>, --lanes <n>, --every <n>, --seconds <n>, --path <name> (several times).
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runServerKills } from '../server-kills/run-server-kills.ts';
import { grounds } from './grounds/grounds.ts';
import { type Path, paths } from './path.ts';
import { runKills } from './run-kills.ts';

const { values } = parseArgs({
  options: {
    route: { type: 'string', multiple: true, default: [...Object.keys(grounds), 'servers'] },
    lanes: { type: 'string', default: String(availableParallelism() + 1) },
    every: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '1000' },
    path: { type: 'string', multiple: true, default: [...paths] },
  },
});
let violations = 0;
for (const route of values.route) {
  if (route === 'servers') {
    violations += await killServers();
    continue;
  }
  const ground = grounds[route];
  if (ground === undefined) throw new Error(`No ${route}; there are ${Object.keys(grounds)}.`);
  const began = performance.now();
  process.stdout.write(`${route}\n`);
  const report = await runKills({
    ground,
    paths: values.path.filter((path): path is Path => (paths as readonly string[]).includes(path)),
    lanes: Number(values.lanes),
    every: Number(values.every),
    seconds: Number(values.seconds),
    say: (line) => process.stdout.write(`${line}\n`),
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(
    `${JSON.stringify(report.hits)}\n${report.kills} kills (${report.second} of them in a recovery), ${report.missed} hits did not come again, ${report.violations.length} violations, ${seconds} s\n`,
  );
  for (const violation of report.violations) process.stdout.write(`${violation}\n`);
  violations += report.violations.length;
}
process.exitCode = violations === 0 ? 0 : 1;

/** Single servers have no sides, so they have paths and a judge of their own. */
async function killServers(): Promise<number> {
  const began = performance.now();
  process.stdout.write('servers\n');
  const report = await runServerKills({
    lanes: Number(values.lanes),
    every: Number(values.every),
    say: (line) => process.stdout.write(`${line}\n`),
  });
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(
    `${JSON.stringify(report.hits)}\n${report.kills} kills (${report.second} of them in a recovery), ${report.violations.length} violations, ${seconds} s\n`,
  );
  for (const violation of report.violations) process.stdout.write(`${violation}\n`);
  return report.violations.length;
}
