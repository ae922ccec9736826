import { joined } from '../../release/joined.ts';
import { type ServersStep, serversOf } from '../../release/plan.ts';
import { statusWords } from '../../release/server-fitness.ts';
import { noProgress } from '../../release/servers-progress.ts';
import type { ServerName } from '../../release/vocabulary.ts';
import { msUntil } from '../deadline.ts';
import { withNode } from '../fleet.ts';
import { isOver } from '../good-readings.ts';
import { interrupted, type Outcome, passed } from '../outcome.ts';
import type { ServersReading } from '../ports.ts';
import type { RunContext } from '../run-context.ts';
import { batchProgress } from './batch-words.ts';
import { isBack } from './one-stays.ts';
import { readServersFleet, serversByHand } from './servers-fleet.ts';

/** Waits until the servers that were put back are healthy on every node in so many readings one after the other. */
export async function healthyAgain(
  context: RunContext,
  step: Extract<ServersStep, { kind: 'take' }>,
): Promise<Outcome> {
  let good = 0;
  while (!context.signal.aborted) {
    const target = context.serversTarget;
    const readings = await readServersFleet(context.serversRoute, target, context.signal);
    if (context.signal.aborted) break;
    const sick = whyNotAllBack(readings, step.servers);
    good = sick === undefined ? good + 1 : 0;
    if (good >= step.healthy.readings) return passed;
    if (isOver(good, step.healthy.readings, isOverdue(context))) {
      return neverCameBack(context, step, sick);
    }
    context.progress(batchProgress(context, sick ?? 'healthy again', readings));
    await context.pause(context.deps.timings.pollMs);
  }
  return interrupted;
}

function isOverdue(context: RunContext): boolean {
  const { deadline } = context.serversRelease.servers ?? noProgress;
  return deadline === undefined || msUntil(context.deps.clock, deadline) === 0;
}

function whyNotAllBack(
  readings: readonly ServersReading[],
  servers: readonly ServerName[],
): string | undefined {
  const whys = readings.flatMap((reading) => whyNotBack(reading, servers));
  return whys.length === 0 ? undefined : joined(whys);
}

function whyNotBack(reading: ServersReading, servers: readonly ServerName[]): readonly string[] {
  if (reading.kind === 'unreachable') return [withNode(reading.node, reading.why)];
  if (reading.stopping) return [`${reading.node}: its worker is being replaced by a reload`];
  return servers.flatMap((name) => {
    const held = reading.servers.find((server) => server.name === name);
    if (held === undefined) return [`${reading.node}: there is no ${name}`];
    const check = held.check === '' ? '' : ` (${held.check})`;
    return isBack(held)
      ? []
      : [`${reading.node}: ${name} is ${held.state}, ${statusWords(held)}${check}`];
  });
}

function neverCameBack(
  context: RunContext,
  step: ServersStep,
  sick = 'too few readings in a row',
): Outcome {
  const servers = serversOf(step);
  return {
    kind: 'needs_attention',
    why: `${servers.join(', ')} did not come back healthy in time: ${sick}. The servers after it were not touched.`,
    byHand: serversByHand(context, () => servers.map((server) => ({ server, state: 'ready' }))),
  };
}
