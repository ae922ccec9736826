import { counted } from '../../release/counted.ts';
import { type ServersStep, serversOf } from '../../release/plan.ts';
import { noProgress } from '../../release/servers-progress.ts';
import type { Progress, ServersReading } from '../ports.ts';
import type { RunContext } from '../run-context.ts';

/** How far the release is, and what is being waited for. */
export function batchProgress(
  context: RunContext,
  waitsFor: string,
  readings: readonly ServersReading[],
): Progress {
  const { done, total } = serversDone(context);
  return {
    text: `${done} of ${counted(total, 'server')} done; ${waitsFor}`,
    done,
    total,
    servers: readings,
  };
}

/** Servers whose batch is done, of all. */
export function serversDone(context: RunContext): {
  readonly done: number;
  readonly total: number;
} {
  const { plan, servers = noProgress } = context.serversRelease;
  const count = (steps: readonly ServersStep[]) => steps.flatMap(serversOf).length;
  return { done: count(plan.steps.slice(0, servers.batch)), total: count(plan.steps) };
}
