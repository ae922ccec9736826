import { setTimeout as pause } from 'node:timers/promises';
import type { Release } from '../../src/release/release.ts';
import type { EngineProcess } from '../faults/engine-process/engine-process.ts';
import { type FaultProxy, isWrite } from '../faults/fault-proxy.ts';
import type { TestFleet } from '../support/haproxy.ts';
import type { Dice } from './dice.ts';
import { nodeFaults } from './node-faults.ts';
import { type SoakService, services } from './services.ts';

export interface World {
  readonly house: EngineProcess;
  readonly fleet: TestFleet;
  readonly proxies: readonly FaultProxy[];
  readonly dice: Dice;
  /** How often each thing was done. */
  readonly count: (what: string) => void;
}

/** Releases, rollbacks and decisions on one or both services while nodes fail, reload and freeze and the house dies. */
export async function playRound(world: World): Promise<void> {
  const { dice } = world;
  const played = dice.chance(0.5) ? services : [dice.pick(services)];
  const troubles = Array.from({ length: dice.below(3) }, () => ({
    after: dice.below(900),
    trouble: dice.pick([
      trouble.fault,
      trouble.fault,
      trouble.fault,
      trouble.reload,
      trouble.freeze,
    ]),
  }));
  if (dice.chance(0.06)) troubles.push({ after: dice.below(1_200), trouble: trouble.kill });
  await Promise.all([
    ...played.map((service) => playService(world, service)),
    ...troubles.map(async ({ after, trouble: make }) => {
      await pause(after);
      await make(world);
    }),
  ]);
  await Promise.all(world.proxies.map((proxy) => proxy.heal()));
}

async function playService({ house, dice, count }: World, { name }: SoakService): Promise<void> {
  const wish = dice.pick(['release', 'release', 'release', 'rollback'] as const);
  const decision = dice.pick([
    'approve',
    'approve',
    'approve',
    'approve',
    'reject',
    'leave',
  ] as const);
  const ending = dice.pick(['accept', 'accept', 'accept', 'abort', 'rollback', 'leave'] as const);
  const asked = await house.ask('U0RITA', { kind: wish, service: name });
  count(`${wish} ${asked?.kind ?? 'unanswered'}`);
  if (wish === 'rollback' || asked?.kind !== 'done' || asked.release === undefined) return;
  const of = asked.release;
  if (decision === 'reject') await house.ask('U0ANN', { kind: 'cancel', of });
  if (decision !== 'approve') return count(decision);
  await house.ask('U0ANN', { kind: 'approve', of });
  if (!(await isAccepting(house, of)) || ending === 'leave') return;
  if (ending === 'rollback') await house.ask('U0RITA', { kind: 'rollback', service: name });
  else await house.ask('U0RITA', { kind: ending, of });
  count(ending);
}

/** False as soon as the release went another way, or after 15 s. */
async function isAccepting(house: EngineProcess, id: string): Promise<boolean> {
  for (const end = performance.now() + 15_000; performance.now() < end; await pause(25)) {
    const open = await house.open();
    if (open === undefined) continue;
    const found = open.find((release) => release.id === id);
    if (found?.state === 'awaiting_acceptance') return true;
    if (found === undefined || isTurning(found) || found.state === 'needs_attention') return false;
  }
  return false;
}

function isTurning({ goingBack, settling }: Release): boolean {
  return goingBack !== undefined || settling !== undefined;
}

const trouble = {
  fault: async ({ proxies, dice, count }: World): Promise<void> => {
    const fault = dice.pick(nodeFaults);
    const when = dice.chance(0.7) ? isWrite : () => true;
    count(`fault ${fault.kind}`);
    const proxy = dice.pick(proxies);
    await proxy.set(fault, { when, times: 1 + dice.below(3) });
    await pause(200 + dice.below(1_000));
    await proxy.heal();
  },
  reload: async ({ fleet, dice, count }: World): Promise<void> => {
    count('reload');
    await dice.pick(fleet.nodes).reload();
  },
  freeze: async ({ fleet, dice, count }: World): Promise<void> => {
    count('freeze');
    const node = dice.pick(fleet.nodes);
    await node.pause();
    await pause(100 + dice.below(1_500));
    node.resume();
  },
  kill: async ({ house, count }: World): Promise<void> => {
    count('kill');
    await house.kill();
    house.start();
  },
};

/** Lets every open release end, by people's hands where it waits for them. False: some did not within a minute. */
export async function comeToRest({ house, dice, count }: World): Promise<boolean> {
  const since = performance.now();
  while (performance.now() - since < 60_000) {
    const open = await house.open();
    if (open?.length === 0) return true;
    for (const release of open ?? []) {
      const patient = performance.now() - since < 3_000;
      if (!isTurning(release) || !patient) await decide(release, { house, dice, count }, patient);
    }
    await pause(50);
  }
  return false;
}

async function decide(
  { id, state }: Release,
  { house, dice, count }: Pick<World, 'house' | 'dice' | 'count'>,
  patient: boolean,
): Promise<void> {
  if (state === 'awaiting_approval') await house.ask('U0RITA', { kind: 'cancel', of: id });
  if (state === 'awaiting_acceptance') {
    await house.ask('U0RITA', { kind: dice.pick(['accept', 'abort'] as const), of: id });
  }
  if (state !== 'needs_attention' || patient) return;
  count('settle');
  const side = dice.pick(['blue', 'green'] as const);
  await house.ask('U0OLAF', { kind: 'settle', release: id, side, because: 'the soak says so' });
}
