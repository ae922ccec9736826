import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serversTarget, statesOn } from '../../engine/servers/a-shop.ts';
import { aFleet } from '../../support/haproxy.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { committedIn } from '../kills/journal-at.ts';
import { judgeRest, whyUnfoundedLine } from '../server-kills/judge-servers.ts';
import type { Fixture } from './fixture.ts';

const ready = 'set server backend_blue/b1 state ready;set server backend_blue/b2 state ready';

/** Two nodes with two servers each, for the route of single servers. */
export async function serversFixture(): Promise<Fixture> {
  const fleet = await aFleet().withNodes(2).withServers(2).start();
  const proxies = await Promise.all(
    fleet.nodes.map(({ name, runtime }) => new FaultProxy(fleet.folder, name, runtime).start()),
  );
  const folders: string[] = [];
  let folder = '';
  let violations: string[] = [];
  // As far as they were seen to be set: a line is judged before it is carried out.
  let states: Record<string, Record<string, string>> = {};
  for (const [i, proxy] of proxies.entries()) {
    const node = fleet.node(i).name;
    proxy.onLine = (line) => {
      if (!line.includes('set server')) return;
      const own = states[node] ?? {};
      violations.push(...whyUnfoundedLine(node, line, committedIn(folder).rows, own));
      for (const [, server = '', state = ''] of line.matchAll(
        /set server \S+\/([^\s;]+) state ([a-z]+)/g,
      )) {
        own[server] = state;
      }
    };
  }
  const held = () =>
    Promise.all(
      fleet.nodes.map(async (node) => ({ node: node.name, states: await statesOn(node) })),
    );
  return {
    proxies,
    fresh: async () => {
      for (const node of fleet.nodes) await node.ask(ready);
      states = Object.fromEntries(
        fleet.nodes.map(({ name }) => [name, { b1: 'ready', b2: 'ready' }]),
      );
      folder = mkdtempSync(join(tmpdir(), 'pm-meeting-'));
      folders.push(folder);
      violations = [];
      const target = serversTarget(fleet);
      const nodes = target.nodes.map((node, i) => ({
        ...node,
        runtime: proxies[i]?.address ?? node.runtime,
      }));
      return { folder, target: { ...target, nodes } };
    },
    knock: async () => {
      await fleet.node(1).ask('set server backend_blue/b2 state drain');
    },
    witnessed: () => violations,
    judge: async (open) => judgeRest(folder, await held(), open),
    tidy: () => {
      for (const one of folders.splice(0)) rmSync(one, { recursive: true, force: true });
    },
    end: async () => {
      for (const one of folders) rmSync(one, { recursive: true, force: true });
      await Promise.all(proxies.map((proxy) => proxy.end()));
      await fleet.end();
    },
  };
}
