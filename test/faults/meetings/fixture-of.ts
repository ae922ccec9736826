import { grounds } from '../kills/grounds/grounds.ts';
import type { Fixture } from './fixture.ts';
import { serversFixture } from './servers-fixture.ts';
import { sidesFixture } from './sides-fixture.ts';

/** New nodes of a route, by the name that the runs have for it. */
export function fixtureOf(route: string): Promise<Fixture> {
  if (route === 'servers') return serversFixture();
  const ground = grounds[route];
  if (ground === undefined) {
    throw new Error(`No ${route}; there are ${Object.keys(grounds).join(', ')}, servers.`);
  }
  return sidesFixture(ground);
}
