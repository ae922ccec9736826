import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Side } from '../../../../src/release/vocabulary.ts';
import { aConfigFleet, configTarget, started } from '../../../haproxy/routes/config/config-bed.ts';
import type { HaproxyNode } from '../../../support/haproxy-node.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { paths } from '../path.ts';
import type { Ground, Holds, Meaning } from './ground.ts';
import { withRuntimes } from './with-runtimes.ts';

/** Route `config`: `default_backend` of every node's haproxy.cfg. Masters and files have no witness before them. */
export async function configGround(): Promise<Ground> {
  const fleet = await started(aConfigFleet().withNodes(3));
  const target = configTarget(fleet);
  const second = fleet.node(1);
  const resting = new Map<HaproxyNode, string>();
  const setAll = (wanted: (i: number) => Pair) =>
    Promise.all(fleet.nodes.map((node, i) => set(node, wanted(i), resting)));
  return {
    folder: fleet.folder,
    names: fleet.nodes.map(({ name }) => name),
    runtimes: fleet.nodes.map(({ runtime }) => runtime),
    paths,
    target: (runtimes) => withRuntimes(target, runtimes),
    reset: async () => void (await setAll(() => ({ memory: 'blue', disk: 'blue' }))),
    save: async () => {
      const held = await Promise.all(fleet.nodes.map(holds));
      return async () => void (await setAll((i) => sidesOf(held[i])));
    },
    held: () => Promise.all(fleet.nodes.map(holds)),
    meaningOf: (line): Meaning | undefined =>
      line.startsWith('shutdown') ? { effect: 'sessions', isOf: () => true } : undefined,
    knock: [
      { path: second.configFile, text: textOf(second, 'blue') },
      { address: second.master, line: 'reload' },
    ],
    end: () => fleet.end(),
  };
}

interface Pair {
  readonly memory: Side;
  readonly disk: Side;
}

function sidesOf(holds: Holds | undefined): Pair {
  const { memory, disk } = holds ?? {};
  if (isSide(memory) && isSide(disk)) return { memory, disk };
  throw new Error(`A node with ${memory} in memory and ${disk} on disk cannot be put back.`);
}

function isSide(word: string | undefined): word is Side {
  return word === 'blue' || word === 'green';
}

function textOf({ configFile }: HaproxyNode, side: Side): string {
  const text = readFileSync(configFile, 'latin1');
  return text.replace(/default_backend backend_\w+/, `default_backend backend_${side}`);
}

/** Who answers a request, and what the file names. */
async function holds(node: HaproxyNode): Promise<Holds> {
  const { body } = await node.get();
  const disk = /default_backend backend_(\w+)/.exec(readFileSync(node.configFile, 'latin1'))?.[1];
  const memory = /version=(\w+)/.exec(body)?.[1];
  return { memory: isSide(memory) ? memory : 'other', disk: isSide(disk) ? disk : 'other' };
}

/** The worker reads a file with one side in it, a second after its change; then the file may name the other one. */
async function set(
  node: HaproxyNode,
  { memory, disk }: Pair,
  resting: Map<HaproxyNode, string>,
): Promise<void> {
  removeLeftovers(node.configFile);
  const wanted = `${memory} ${disk}`;
  if (resting.get(node) === `${wanted} ${await stampOf(node)}`) return;
  writeFileSync(node.configFile, textOf(node, memory), 'latin1');
  const changed = Math.floor(statSync(node.configFile).ctimeMs / 1000);
  await waitUntil(() => Date.now() / 1000 >= changed + 1, { what: 'the next second' });
  await node.reload();
  await waitUntil(async () => (await holds(node)).memory === memory, { what: `${node.name} anew` });
  if (disk !== memory) writeFileSync(node.configFile, textOf(node, disk), 'latin1');
  resting.set(node, `${wanted} ${await stampOf(node)}`);
}

async function stampOf(node: HaproxyNode): Promise<string> {
  return `${await node.workerPid()} ${statSync(node.configFile).ctimeMs}`;
}

function removeLeftovers(configFile: string): void {
  const folder = dirname(configFile);
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`.${basename(configFile)}`)) rmSync(join(folder, name));
  }
}
