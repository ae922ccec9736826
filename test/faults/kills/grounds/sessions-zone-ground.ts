import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Side } from '../../../../src/release/vocabulary.ts';
import type { HaproxyNode } from '../../../support/haproxy-node.ts';
import { aZoneFleet, zoneTarget } from '../../../support/zone-cookie-fleet.ts';
import { paths } from '../path.ts';
import type { Ground, Holds, Meaning } from './ground.ts';
import { mapMeaning } from './map-ground.ts';
import { withRuntimes } from './with-runtimes.ts';

/** Route `sessions` by `zone_cookie`: the keys `active` and `active.zone` of every node's map. */
export async function sessionsZoneGround(): Promise<Ground> {
  const fleet = await aZoneFleet().withNodes(3).start();
  const target = zoneTarget(fleet, 100);
  const second = fleet.node(1);
  return {
    folder: fleet.folder,
    names: fleet.nodes.map(({ name }) => name),
    runtimes: fleet.nodes.map(({ runtime }) => runtime),
    paths,
    target: (runtimes) => withRuntimes(target, runtimes),
    reset: async () => {
      for (const node of fleet.nodes) await put(node, atFirst);
    },
    save: async () => {
      const kept = await Promise.all(fleet.nodes.map(keep));
      return async () => {
        for (const [i, node] of fleet.nodes.entries()) await put(node, kept[i] ?? atFirst);
      };
    },
    held: () => Promise.all(fleet.nodes.map(holds)),
    meaningOf,
    knock: [{ address: second.runtime, line: `set map ${second.mapFile} active backend_blue` }],
    end: () => fleet.end(),
  };
}

interface Kept {
  readonly active: string;
  readonly zone: string;
  readonly disk: string;
}

const atFirst: Kept = {
  active: 'backend_blue',
  zone: 'off',
  disk: 'active backend_blue\nactive.zone off\n',
};

async function keep(node: HaproxyNode): Promise<Kept> {
  const [active = '', zone = ''] = await Promise.all([
    node.memory('active'),
    node.memory('active.zone'),
  ]);
  return { active, zone, disk: node.disk() };
}

async function put(node: HaproxyNode, { active, zone, disk }: Kept): Promise<void> {
  await node.ask(`set map ${node.mapFile} active ${active}`);
  await node.ask(`set map ${node.mapFile} active.zone ${zone}`);
  const folder = dirname(node.mapFile);
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  node.writeDisk(disk);
}

/** A file that is not these two lines, whole, is something else. */
async function holds(node: HaproxyNode): Promise<Holds> {
  const [, disk] =
    /^active backend_(blue|green)\nactive\.zone (?:on|off)\n$/.exec(node.disk()) ?? [];
  const [, memory] = /^backend_(blue|green)$/.exec((await node.memory('active')) ?? '') ?? [];
  return {
    memory: (memory as Side | undefined) ?? 'other',
    disk: (disk as Side | undefined) ?? 'other',
  };
}

/** The zone alone set to `off` ends the old side; together with the key it is a part of the switch. */
function meaningOf(line: string): Meaning | undefined {
  const isEnd = /^set map \S+ active\.zone off/.test(line) && !/ active backend_/.test(line);
  return isEnd ? { effect: 'finish', isOf: () => true } : mapMeaning(line);
}
