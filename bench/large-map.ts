// What a key costs in a map of many others, against one bare `get map`, and for how long the event loop is held meanwhile:
// `npx tsx bench/large-map.ts [entries ...]`, 1 100000 1000000 where none are given. HAProxy has to be in the PATH.
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Extent } from '../src/engine/ports.ts';
import { makeRoute } from '../src/haproxy/routes/make-route.ts';
import { nodeName } from '../src/release/vocabulary.ts';
import { aFleet, type TestFleet } from '../test/support/haproxy.ts';
import { openGate } from '../test/support/open-gate.ts';

const lb1 = nodeName('lb-1');
const rounds = 5;
const given = process.argv.slice(2).map(Number);

console.log('entries | what | median ms | longest hold of the event loop, ms');
for (const entries of given.length > 0 ? given : [1, 100_000, 1_000_000]) await measure(entries);

async function measure(entries: number): Promise<void> {
  const others = Array.from({ length: entries - 1 }, (_, i) => `host-${i}.example backend_web\n`);
  const fleet = await aFleet()
    .withMap(`active backend_blue\n${others.join('')}`)
    .start();
  try {
    for (const [what, act] of Object.entries(actsOn(fleet))) {
      const { median, held } = await timed(act);
      console.log(`${entries} | ${what} | ${median.toFixed(1)} | ${held.toFixed(0)}`);
    }
  } finally {
    await fleet.end();
  }
}

function actsOn(fleet: TestFleet): Readonly<Record<string, () => Promise<unknown>>> {
  const route = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 })(fleet.target());
  const node = fleet.node(0);
  const read = (extent: Extent) => async () => {
    const reading = await route.read(lb1, undefined, extent);
    if (reading.kind !== 'reached') throw new Error(reading.why);
    return reading.worker;
  };
  return {
    'bare `get map`': () => node.ask(`get map ${node.mapFile} active`),
    'a reading of the drift watch': read('keys'),
    'a reading before a switch, whole': read('whole'),
    'the switch': async () => (await route.arm(lb1, 'green', await read('keys')())).fire(openGate),
    'the way back behind a write in doubt': () => route.writeFenced(lb1, 'blue', openGate),
    'who else uses the sides': () => route.otherUsers(lb1),
    'the file is written': () => route.persist(lb1, 'green', openGate),
  };
}

async function timed(act: () => Promise<unknown>): Promise<{ median: number; held: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const times: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    delay.enable();
    const began = performance.now();
    await act();
    times.push(performance.now() - began);
    delay.disable();
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(rounds / 2)] ?? 0, held: delay.max / 1e6 };
}
