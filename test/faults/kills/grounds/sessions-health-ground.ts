import { otherSide, type Side, sides } from '../../../../src/release/vocabulary.ts';
import { aBackend, type OneBackendFleet } from '../../../support/one-backend-fleet.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { paths } from '../path.ts';
import type { Ground, Holds } from './ground.ts';
import { serversMeaning } from './sessions-servers-ground.ts';
import { withRuntimes } from './with-runtimes.ts';

/** Route `sessions` by `health`: the applications b1, b2, g1 and g2, which all nodes share. Nothing is kept on disk. */
export async function sessionsHealthGround(): Promise<Ground> {
  const backend = ['http-check disable-on-404'];
  const fleet = await aBackend({ nodes: 3, greenOff: true, greenDisabled: false, backend });
  const target = fleet.healthTarget({ traits: { disk: 'none', sessionsStayMs: 100 } });
  const atFirst = await worldOf(fleet);
  return {
    folder: fleet.folder,
    names: fleet.nodes.map(({ name }) => name),
    runtimes: fleet.nodes.map(({ runtime }) => runtime),
    paths,
    target: (runtimes) => withRuntimes(target, runtimes),
    reset: () => put(fleet, atFirst),
    save: async () => {
      const kept = await worldOf(fleet);
      return () => put(fleet, kept);
    },
    held: () => Promise.all(fleet.nodes.map((_, i) => holds(fleet, i))),
    meaningOf: serversMeaning,
    knock: [
      {
        address: fleet.node(1).runtime,
        line: 'set server app/g1 state maint;set server app/g2 state maint',
      },
    ],
    end: () => fleet.end(),
  };
}

/** What the applications say of themselves, and what a hand set on each node. */
interface World {
  readonly on: Readonly<Record<Side, readonly boolean[]>>;
  readonly states: readonly (readonly string[])[];
}

/** As it is once every node sees what the applications say. */
async function worldOf(fleet: OneBackendFleet): Promise<World> {
  const states = await waitUntil(async () => {
    const all = await Promise.all(fleet.nodes.map((_, i) => fleet.states(i)));
    return all.flat().every((line) => isSettled(fleet, line)) && all;
  });
  const on = (side: Side) => fleet.applications[side].map(({ isOn }) => isOn);
  return { on: { blue: on('blue'), green: on('green') }, states };
}

function isSettled(fleet: OneBackendFleet, line: string): boolean {
  const [name = '', status = '', ...rest] = line.split(' ');
  const all = [...fleet.applications.blue, ...fleet.applications.green];
  const isOn = all.find((application) => application.name === name)?.isOn;
  return status === 'MAINT' || (rest.length === 1 && (status === 'NOLB') === !isOn);
}

async function put(fleet: OneBackendFleet, { on, states }: World): Promise<void> {
  for (const side of sides) {
    fleet.applications[side].forEach((application, i) => {
      application.isOn = on[side][i] ?? false;
    });
  }
  for (const [i, node] of fleet.nodes.entries()) {
    const line = (states[i] ?? []).map((one) => {
      const words = one.split(' ');
      return `set server app/${words[0]} state ${words.at(-1)}`;
    });
    await node.ask(line.join(';'));
  }
  await waitUntil(async () => {
    const all = await Promise.all(fleet.nodes.map((_, i) => fleet.states(i)));
    return all.every((one, i) => one.join() === states[i]?.join());
  });
}

/** A side has the users where one of its applications is on, none is off, and none of the other side's is on. */
async function holds(fleet: OneBackendFleet, index: number): Promise<Holds> {
  const states = await fleet.states(index);
  const has = (side: Side, seen: RegExp) =>
    states.some((line) => line.startsWith(side.slice(0, 1)) && seen.test(line));
  const whole = sides.find(
    (side) =>
      has(side, / UP.* ready$/) &&
      !has(side, / NOLB.* ready$/) &&
      !has(otherSide(side), / UP.* ready$/),
  );
  return { memory: whole ?? 'other', disk: 'none' };
}
