import type { ByServersTarget } from '../../../../src/haproxy/routes/sessions/servers/by-servers-target.ts';
import { otherSide, type Side, sides } from '../../../../src/release/vocabulary.ts';
import { aBackend, type OneBackendFleet } from '../../../support/one-backend-fleet.ts';
import { isWrite } from '../../fault-proxy.ts';
import { paths } from '../path.ts';
import type { Ground, Holds, Meaning } from './ground.ts';
import { withRuntimes } from './with-runtimes.ts';

/** Route `sessions` by `servers`: b1, b2, g1 and g2 of one backend. Nothing is kept on disk. */
export async function sessionsServersGround(): Promise<Ground> {
  const fleet = await aBackend({ nodes: 3 });
  const second = fleet.node(1);
  const target = fleet.target({ traits: { disk: 'none', sessionsStayMs: 100 } });
  const line = (states: (side: Side) => string) => settingLine(target, states);
  const first = line((side) => (side === 'blue' ? 'ready' : 'maint'));
  return {
    folder: fleet.folder,
    names: fleet.nodes.map(({ name }) => name),
    runtimes: fleet.nodes.map(({ runtime }) => runtime),
    paths,
    target: (runtimes) => withRuntimes(target, runtimes),
    reset: async () => {
      for (const node of fleet.nodes) await node.ask(first);
    },
    save: async () => {
      const held = await Promise.all(fleet.nodes.map((_, i) => linesToRestore(fleet, i)));
      return async () => {
        for (const [i, node] of fleet.nodes.entries()) await node.ask(held[i] ?? '');
      };
    },
    held: () => Promise.all(fleet.nodes.map((_, i) => holds(fleet, i))),
    meaningOf: serversMeaning,
    knock: [
      {
        address: second.runtime,
        line: line((side) => (side === 'blue' ? 'ready' : 'drain')),
      },
    ],
    end: () => fleet.end(),
  };
}

function settingLine({ servers }: ByServersTarget, stateOf: (side: Side) => string): string {
  return sides
    .flatMap((side) =>
      servers[side].map((server) => `set server app/${server} state ${stateOf(side)}`),
    )
    .join(';');
}

/** Name and state as a hand set it, of every server of a node. */
async function statesOf(
  fleet: OneBackendFleet,
  index: number,
): Promise<readonly (readonly [string, string])[]> {
  const states = await fleet.states(index);
  return states.map((line) => {
    const words = line.split(' ');
    return [words[0] ?? '', words.at(-1) ?? ''] as const;
  });
}

async function linesToRestore(fleet: OneBackendFleet, index: number): Promise<string> {
  const states = await statesOf(fleet, index);
  return states.map(([server, state]) => `set server app/${server} state ${state}`).join(';');
}

async function holds(fleet: OneBackendFleet, index: number): Promise<Holds> {
  const states = await statesOf(fleet, index);
  const of = (side: Side) =>
    states.filter(([server]) => server.startsWith(side.slice(0, 1))).map(([, state]) => state);
  const whole = sides.find(
    (side) =>
      of(side).every((state) => state === 'ready') && !of(otherSide(side)).includes('ready'),
  );
  return { memory: whole ?? 'other', disk: 'none' };
}

/** A line that makes servers ready is a switch; one that only drains lets a side in; one with `maint` takes it out. */
export function serversMeaning(line: string): Meaning | undefined {
  if (!isWrite(line)) return undefined;
  if (line.startsWith('shutdown')) return { effect: 'sessions', isOf: () => true };
  const sideOf = (state: string): Side | undefined => {
    const [, letter] = new RegExp(`set server app/([bg])\\d+ state ${state}`).exec(line) ?? [];
    return letter === undefined ? undefined : letter === 'b' ? 'blue' : 'green';
  };
  const [ready, drained, out] = [sideOf('ready'), sideOf('drain'), sideOf('maint')];
  if (ready !== undefined) return { effect: 'memory', isOf: (_, to) => to === ready };
  if (out !== undefined) return { effect: 'finish', isOf: (_, to) => to === out };
  return { effect: 'prepare', isOf: (_, to) => to === drained };
}
