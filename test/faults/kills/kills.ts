// `npm run kills`: every hit of every path killed and started again, and the recoveries killed once more.
// Arguments: --lanes <n>, --every <n>, --seconds <n>, --path <name> (several times).
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { type Path, paths } from './paths.ts';
import { runKills } from './run-kills.ts';

const { values } = parseArgs({
  options: {
    lanes: { type: 'string', default: String(availableParallelism() + 1) },
    every: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '1000' },
    path: { type: 'string', multiple: true, default: [...paths] },
  },
});
const began = performance.now();
const report = await runKills({
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
process.exitCode = report.violations.length === 0 ? 0 : 1;
