import { readFileSync, writeFileSync } from 'node:fs';
import type { Route } from '../../../../src/engine/ports.ts';
import type { ConfigTarget } from '../../../../src/haproxy/routes/config/config-target.ts';
import { makeRoute } from '../../../../src/haproxy/routes/make-route.ts';
import type { RouteOptions } from '../../../../src/haproxy/routes/route-options.ts';
import type { ReachedNode } from '../../../../src/release/reading.ts';
import { backendName, type NodeName, nodeName } from '../../../../src/release/vocabulary.ts';
import { aFleet, type FleetBuilder, type TestFleet } from '../../../support/haproxy.ts';
import type { HaproxyNode } from '../../../support/haproxy-node.ts';
import { waitUntil } from '../../../support/wait-until.ts';

export const lb1 = nodeName('lb-1');

/** A fleet without a map: `default_backend` alone says who has the traffic. */
export function aConfigFleet(): FleetBuilder {
  return aFleet().withFrontend('default_backend backend_blue   # who has it');
}

/** The target of a plan over the whole fleet. */
export function configTarget(fleet: TestFleet, more: Partial<ConfigTarget> = {}): ConfigTarget {
  return {
    kind: 'config',
    frontend: 'www',
    reloadMs: 5_000,
    sides: { blue: backendName('backend_blue'), green: backendName('backend_green') },
    nodes: fleet.nodes.map(({ target, master, configFile }) => ({
      node: target.node,
      runtime: target.runtime,
      frontend: target.frontend,
      master,
      configFile: `file://${configFile}`,
      check: ['haproxy', '-c', '-f', '{file}'],
    })),
    traits: { disk: 'with_memory' },
    ...more,
  };
}

export function configRouteOn(
  fleet: TestFleet,
  more: Partial<ConfigTarget> = {},
  options: Partial<RouteOptions> = {},
): Route {
  const make = makeRoute({ mono: () => performance.now(), deadlineMs: 1_000, ...options });
  return make(configTarget(fleet, more));
}

/** Starts it; a master listens a moment later than its worker answers. */
export async function started(builder: FleetBuilder = aConfigFleet()): Promise<TestFleet> {
  const fleet = await builder.start();
  const route = configRouteOn(fleet);
  for (const { target } of fleet.nodes) {
    await waitUntil(() => route.barrier(target.node), { what: `the master of ${target.node}` });
  }
  return fleet;
}

export async function reached(route: Route, node: NodeName = lb1): Promise<ReachedNode> {
  const reading = await route.read(node);
  if (reading.kind !== 'reached') throw new Error(reading.why);
  return reading;
}

/** Until the node was started in a later second than its configuration was written, reloading it for that. */
export async function settled(route: Route, node: HaproxyNode): Promise<void> {
  const { node: name } = node.target;
  if ((await reached(route, name)).memory.kind === 'side') return;
  await nextSecond();
  await node.reload();
  await waitUntil(() => route.barrier(name), { what: 'the master to be back' });
}

/** A fleet of which everybody can tell what its workers have. */
export async function settledFleet(builder: FleetBuilder = aConfigFleet()): Promise<TestFleet> {
  const fleet = await started(builder);
  const route = configRouteOn(fleet);
  await Promise.all(fleet.nodes.map((node) => settled(route, node)));
  return fleet;
}

/** What is done in another second has another time, as HAProxy tells its start. */
export async function nextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  await waitUntil(() => Date.now() >= (second + 1) * 1000, { what: 'the next second' });
}

export function configOf(node: HaproxyNode): string {
  return readFileSync(node.configFile, 'latin1');
}

/** Changes the file in place, as an editor does. */
export function edit(node: HaproxyNode, from: string, to: string): void {
  const text = configOf(node);
  if (!text.includes(from)) throw new Error(`haproxy.cfg does not hold ${from}`);
  writeFileSync(node.configFile, text.replace(from, to), 'latin1');
}
