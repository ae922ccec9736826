import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../test/support/free-port.ts';
import { HaproxyNode } from '../../test/support/haproxy-node.ts';
import type { Endings } from '../endings.ts';
import { Applications } from './applications.ts';
import type { HeldWords, NodePlan, Setup } from './setup.ts';

/** What a node holds for a service: side names, or what else stands there. */
export interface Held extends HeldWords {
  readonly node: string;
}

/** The demo's HAProxies, each master and worker with its own folder, map file and admin socket. */
export class DemoFleet {
  readonly nodes: readonly HaproxyNode[];
  readonly applications: Applications;
  readonly #plan: NodePlan;

  private constructor(nodes: readonly HaproxyNode[], applications: Applications, plan: NodePlan) {
    this.nodes = nodes;
    this.applications = applications;
    this.#plan = plan;
  }

  /** Starts the applications and `count` HAProxies below `folder`; whatever was started is in `endings`, also where this rejects. */
  static async start(
    folder: string,
    count: number,
    setup: Pick<Setup, 'applications' | 'node'>,
    endings: Endings,
  ): Promise<DemoFleet> {
    const applications = await Applications.start(setup.applications);
    endings.add('the small applications', () => applications.end());
    const nodes: HaproxyNode[] = [];
    for (let number = 1; number <= count; number += 1) {
      const node = await makeNode(folder, `lb-${number}`, applications, setup.node);
      endings.add(node.name, () => node.end());
      nodes.push(node);
    }
    await pause(setup.node.restMs ?? 0);
    await Promise.all(nodes.map((node) => node.start()));
    return new DemoFleet(nodes, applications, setup.node);
  }

  /** Reads memory and disk of every node, for one service, without the bot. */
  holds(service: string): Promise<readonly Held[]> {
    return Promise.all(
      this.nodes.map(async (node) => ({
        node: node.name,
        ...(await this.#plan.holds(node, service)),
      })),
    );
  }
}

async function makeNode(
  root: string,
  name: string,
  applications: Applications,
  plan: NodePlan,
): Promise<HaproxyNode> {
  const folder = join(root, name);
  const port = await freePort();
  const adminSocket = join(folder, 'admin.sock');
  const mapFile = join(folder, 'maps', 'bluegreen.map');
  return new HaproxyNode({
    name,
    folder,
    port,
    runtime: `unix://${adminSocket}`,
    map: plan.map,
    config: plan.config({ folder, port, mapFile, applications: applications.all }),
    masterWorker: true,
    binary: 'haproxy',
  });
}
