import type { PlanSettings } from './make-plan.ts';
import type { ObservedServer, ServerSetting, ServersPlan, ServersStep } from './plan.ts';
import type { ServersTarget } from './target.ts';
import type { ServerName } from './vocabulary.ts';

/** The rules of a service of single servers. */
export type ServersSettings = Omit<PlanSettings, 'smoke' | 'bake' | 'accept' | 'acceptance'>;

export interface ServersAsk {
  /** With the servers that were found. */
  readonly target: ServersTarget;
  readonly observed: readonly ObservedServer[];
  readonly version?: string;
}

/** The plan of a release that takes every server in turn, batch by batch. Pure. */
export function makeRollingPlan(ask: ServersAsk, settings: ServersSettings): ServersPlan {
  const { drain, gates } = settings;
  const healthy = { timeoutMs: gates.timeoutMs, readings: gates.healthyReadings };
  const steps = batchesOf(ask.target.servers, ask.target.batch).map(
    (servers): ServersStep => ({ kind: 'take', servers, drain, healthy }),
  );
  return {
    ...base(ask, settings),
    kind: 'rolling',
    approvers: settings.approval.approvers,
    steps,
    ...(settings.hooks === undefined ? {} : { hooks: settings.hooks }),
  };
}

/** The plan of an operator's word on one server, or of several such words said before. Nobody is asked for it. Pure. */
export function makeStatePlan(
  ask: Omit<ServersAsk, 'version'>,
  wanted: readonly ServerSetting[],
  settings: ServersSettings,
): ServersPlan {
  const named = new Set(wanted.map(({ server }) => server));
  const observed = ask.observed.filter(({ server }) => named.has(server));
  return {
    ...base({ ...ask, observed }, settings),
    kind: 'state',
    approvers: 0,
    steps: wanted.map((setting) => ({ kind: 'set', ...setting })),
  };
}

function base({ target, observed, version }: ServersAsk, settings: ServersSettings) {
  return {
    service: settings.name,
    target,
    observed,
    ...(version === undefined ? {} : { version }),
    selfApproval: settings.approval.selfApproval,
    approvalMs: settings.approval.expiresMs,
    configDigest: settings.digest,
  };
}

/** In the order of the backend, so many at a time. */
export function batchesOf(
  servers: readonly ServerName[],
  size: number,
): readonly (readonly ServerName[])[] {
  const batches: (readonly ServerName[])[] = [];
  for (let from = 0; from < servers.length; from += size) {
    batches.push(servers.slice(from, from + size));
  }
  return batches;
}
