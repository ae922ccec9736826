import { join } from 'node:path';
import type { Side } from '../../src/release/vocabulary.ts';
import { freePort } from '../../test/support/free-port.ts';
import { HaproxyNode } from '../../test/support/haproxy-node.ts';
import type { Endings } from '../endings.ts';
import { Applications } from './applications.ts';
import { demoHaproxyConfig } from './haproxy-config.ts';
import { backendOf, startingMap } from './services.ts';

/** What a node holds for a service: side names, or what else stands there. */
export interface Held {
  readonly node: string;
  readonly memory: string;
  readonly disk: string;
}

/** The demo's HAProxies, each master and worker with its own folder, map file and admin socket. */
export class DemoFleet {
  readonly nodes: readonly HaproxyNode[];

  private constructor(nodes: readonly HaproxyNode[]) {
    this.nodes = nodes;
  }

  /** Starts the applications and `count` HAProxies below `folder`; whatever was started is in `endings`, also where this rejects. */
  static async start(folder: string, count: number, endings: Endings): Promise<DemoFleet> {
    const applications = await Applications.start();
    endings.add('the small applications', () => applications.end());
    const nodes: HaproxyNode[] = [];
    for (let number = 1; number <= count; number += 1) {
      const node = await makeNode(folder, `lb-${number}`, applications);
      endings.add(node.name, () => node.end());
      nodes.push(node);
    }
    await Promise.all(nodes.map((node) => node.start()));
    return new DemoFleet(nodes);
  }

  /** Reads memory and disk of every node, for one service, without the bot. */
  holds(service: string): Promise<readonly Held[]> {
    return Promise.all(
      this.nodes.map(async (node) => ({
        node: node.name,
        memory: sideOf(service, await node.memory(service)),
        disk: sideOf(service, diskValue(node.disk(), service)),
      })),
    );
  }
}

async function makeNode(
  root: string,
  name: string,
  applications: Applications,
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
    map: startingMap,
    config: demoHaproxyConfig({ adminSocket, mapFile, port, applications: applications.all }),
    masterWorker: true,
    binary: 'haproxy',
  });
}

/** Reads a key's value from a map file's text. */
function diskValue(text: string, key: string): string | undefined {
  const line = text.split('\n').find((one) => one.split(/\s+/)[0] === key);
  return line?.split(/\s+/)[1];
}

function sideOf(service: string, backend: string | undefined): Side | string {
  if (backend === undefined) return 'missing';
  if (backend === backendOf(service, 'blue')) return 'blue';
  if (backend === backendOf(service, 'green')) return 'green';
  return backend;
}
