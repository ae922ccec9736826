import { performance } from 'node:perf_hooks';
import type { DemoRoute } from '../routes/route.ts';
import { Load } from '../traffic/load.ts';
import type { World } from '../world.ts';
import { report } from './report.ts';
import type { Scene } from './scene.ts';
import { playSteps } from './step.ts';

/** Plays all steps of the route and prints what happened; rejects with StepFailed at the first that does not hold. */
export async function play(
  world: World,
  route: DemoRoute,
  options: { readonly signal: AbortSignal; readonly say: (line: string) => void },
): Promise<void> {
  const { say, signal } = options;
  const start = performance.now();
  const { service, hosts, steps } = route;
  const host = hosts[0] ?? service;
  const load = new Load(world.fleet.nodes, host, route.keep);
  const scene: Scene = { ...world, service, host, load, snapshots: [], endings: new Map() };
  say('');
  // Without the bot no step can hold: better its last words than a deadline.
  const lost = new AbortController();
  world.bot.lost().catch((error: unknown) => lost.abort(error));
  try {
    await playSteps(steps, scene, {
      signal: AbortSignal.any([signal, lost.signal]),
      onHeld: ({ name, seen, tookMs }) => say(`  ✓ ${name} (${seconds(tookMs)})\n      ${seen}`),
    });
  } finally {
    // Also where a step did not hold: what was served until then helps to see why.
    say(report(scene, await load.stop()));
  }
  say(`\n${steps.length} of ${steps.length} steps held, in ${seconds(performance.now() - start)}.`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
