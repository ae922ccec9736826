import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aFleet } from '../../../support/haproxy.ts';
import type { HaproxyNode } from '../../../support/haproxy-node.ts';
import { isWrite } from '../../fault-proxy.ts';
import { paths } from '../path.ts';
import type { Ground, Holds, Meaning } from './ground.ts';
import { withRuntimes } from './with-runtimes.ts';

/** Route `map`: the key `active` of every node's map, in memory and on disk. */
export async function mapGround(): Promise<Ground> {
  const fleet = await aFleet().withNodes(3).start();
  const second = fleet.node(1);
  return {
    folder: fleet.folder,
    names: fleet.nodes.map(({ name }) => name),
    runtimes: fleet.nodes.map(({ runtime }) => runtime),
    paths,
    target: (runtimes) => withRuntimes(fleet.target(), runtimes),
    reset: () => setNodes(fleet.nodes, () => ({ memory: 'backend_blue', disk: blueFile })),
    save: async () => {
      const held = await Promise.all(
        fleet.nodes.map(async (node) => ({
          memory: (await node.memory()) ?? '',
          disk: node.disk(),
        })),
      );
      return () => setNodes(fleet.nodes, (i) => held[i] ?? { memory: '', disk: '' });
    },
    held: () => mapHolds(fleet.nodes),
    meaningOf: (line) => mapMeaning(line),
    knock: [{ address: second.runtime, line: `set map ${second.mapFile} active backend_blue` }],
    end: () => fleet.end(),
  };
}

const blueFile = 'active backend_blue\n';
const greenFile = 'active backend_green\n';

/** Exactly what was written, byte for byte: anything else on the disk is something else. */
async function holds(node: HaproxyNode): Promise<Holds> {
  const memory = await node.memory();
  const disk = node.disk();
  return {
    memory: memory === 'backend_blue' ? 'blue' : memory === 'backend_green' ? 'green' : 'other',
    disk: disk === blueFile ? 'blue' : disk === greenFile ? 'green' : 'other',
  };
}

async function setNodes(
  nodes: readonly HaproxyNode[],
  wanted: (i: number) => { readonly memory: string; readonly disk: string },
): Promise<void> {
  for (const [i, node] of nodes.entries()) {
    const { memory, disk } = wanted(i);
    await node.ask(`set map ${node.mapFile} active ${memory}`);
    const folder = dirname(node.mapFile);
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    node.writeDisk(disk);
  }
}

/** `set map <map> <key> <value>`, `add map @<version> <map> <key> <value>`; a prepare or commit names none. */
export function mapMeaning(
  line: string,
  keyOf: (service: string | undefined) => string = () => 'active',
): Meaning | undefined {
  if (!isWrite(line)) return undefined;
  if (line.startsWith('shutdown')) return { effect: 'sessions', isOf: () => true };
  const pattern = /(?:^|;)\s*(?:set|add) map (?:@\d+ )?\S+ ([^\s;]+) ([^\s;]+)/g;
  const written = new Map([...line.matchAll(pattern)].map(([, key, value]) => [key, value]));
  return {
    effect: 'memory',
    isOf: (service, to) => written.size === 0 || written.get(keyOf(service)) === `backend_${to}`,
  };
}

/** What the key `active` of every node names, past the program. */
export function mapHolds(nodes: readonly HaproxyNode[]): Promise<readonly Holds[]> {
  return Promise.all(nodes.map(holds));
}
