import type { GateReport } from '../../release/journal-entry.ts';
import { type ServersPlan, serversOf } from '../../release/plan.ts';
import { fitnessOf } from '../../release/server-fitness.ts';
import type { BackendName } from '../../release/vocabulary.ts';
import type { ServerHeld, ServersReading } from '../ports.ts';
import { whyNoneStays } from './one-stays.ts';
import type { ReachedServers } from './servers-fleet.ts';

/** Judges one node before the first server is taken. Pure: every gate reports, also where an earlier one failed. */
export function judgeServers(plan: ServersPlan, reading: ServersReading): readonly GateReport[] {
  const standing = judgeStandingServers(plan.target.backend, reading);
  if (reading.kind === 'unreachable' || !reading.exists) return standing;
  return [...standing, known(plan, reading), inPlace(plan, reading), oneStays(plan, reading)];
}

/** What must hold on a node whatever is done with its servers. */
export function judgeStandingServers(
  backend: BackendName,
  reading: ServersReading,
): readonly GateReport[] {
  if (reading.kind === 'unreachable') {
    return [gate(reading, 'reachable', `does not answer: ${reading.why}`, '')];
  }
  return [
    gate(reading, 'reachable', undefined, 'answers'),
    admin(reading),
    notStopping(reading),
    gate(
      reading,
      'backend exists',
      reading.exists ? undefined : `there is no backend ${backend}`,
      `backend ${backend} is there`,
    ),
  ];
}

function admin(reading: ReachedServers): GateReport {
  const { level } = reading;
  const why = `the socket has level ${level}; write "level admin" on its stats socket line`;
  return gate(
    reading,
    'admin level',
    level === 'admin' ? undefined : why,
    'the socket has level admin',
  );
}

function notStopping(reading: ReachedServers): GateReport {
  const why = 'the worker that answers is being replaced by a reload';
  return gate(reading, 'not stopping', reading.stopping ? why : undefined, 'the worker stays');
}

/** A rolling release is for the servers it was planned for, neither more nor fewer. */
function known({ kind, target, steps }: ServersPlan, reading: ReachedServers): GateReport {
  const there = reading.servers
    .filter((server) => fitnessOf(server) !== 'empty')
    .map(({ name }) => name);
  const planned = steps.flatMap(serversOf);
  const missing = planned.filter((name) => !there.includes(name));
  const surplus = kind === 'rolling' ? there.filter((name) => !planned.includes(name)) : [];
  const why = [
    ...(missing.length === 0 ? [] : [`${target.backend} has no ${missing.join(', ')}`]),
    ...(surplus.length === 0 ? [] : [`${surplus.join(', ')} is not in the plan`]),
  ].join('; ');
  return gate(
    reading,
    'servers known',
    why === '' ? undefined : why,
    `${planned.join(', ')} are there`,
  );
}

/** What another hand has taken out would be put back by a rolling release: that is for a person to say. */
function inPlace({ kind, service, target }: ServersPlan, reading: ReachedServers): GateReport {
  const out = kind === 'rolling' ? reading.servers.filter(isTakenOut) : [];
  const why = out
    .map((server) =>
      server.state === 'ready'
        ? `${server.name} has weight 0`
        : `${server.name} is ${server.state}`,
    )
    .join(', ');
  const [first] = out;
  const mend =
    first?.state === 'ready'
      ? `and a rolling release would wait for it in vain; \`set weight ${target.backend}/${first.name} 100\` by hand does that first`
      : `and a rolling release would put it back; \`/release ready ${service} ${first?.name ?? ''}\` does that first`;
  return gate(
    reading,
    'all in',
    out.length === 0 ? undefined : `${why}, ${mend}`,
    'no server was taken out',
  );
}

/** By state, or by weight: either is somebody's doing. */
function isTakenOut(server: ServerHeld): boolean {
  const fitness = fitnessOf(server);
  return fitness !== 'empty' && (server.state !== 'ready' || fitness === 'weightless');
}

/** The last healthy server is never taken: of every step of the plan. */
function oneStays({ steps }: ServersPlan, reading: ReachedServers): GateReport {
  const whys = steps.flatMap((step) => {
    if (step.kind === 'set' && step.state === 'ready') return [];
    const why = whyNoneStays(reading, serversOf(step));
    return why === undefined ? [] : [why];
  });
  return gate(reading, 'a healthy one stays', whys[0], 'a healthy server stays at every step');
}

function gate(
  { node }: Pick<ServersReading, 'node'>,
  name: string,
  why: string | undefined,
  holds: string,
): GateReport {
  return {
    gate: name,
    node,
    result: why === undefined ? 'successful' : 'failed',
    sentence: `${node}: ${why ?? holds}`,
  };
}

/** What has changed since the plan was made, in words; undefined while the servers are as they were. */
export function serversMoved(
  { observed }: ServersPlan,
  readings: readonly ServersReading[],
): string | undefined {
  const moved = observed.flatMap(({ node, server, state }) => {
    const reading = readings.find((one) => one.node === node);
    if (reading?.kind !== 'reached') return [];
    const now = reading.servers.find(({ name }) => name === server)?.state ?? 'gone';
    return now === state ? [] : [`${server} was ${state} on ${node}, now it is ${now}`];
  });
  return moved.length === 0 ? undefined : moved.join('; ');
}
