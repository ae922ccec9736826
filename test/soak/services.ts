import type { Config } from '../../src/config/config.ts';
import type { MapNodeTarget, MapTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { checkoutOn } from '../engine/bench.ts';

/** Two services in one map: each has its key, and both write the same file. */
export const services = [
  { name: 'checkout', key: 'active' },
  { name: 'payments', key: 'payments' },
] as const;
export type SoakService = (typeof services)[number];

export function soakConfig(targets: readonly MapNodeTarget[]): Config {
  const config = checkoutOn(
    { nodes: targets.map((target) => ({ target })) },
    { drain: { timeoutMs: 500, then: 'wait' } },
  );
  const checkout = config.services.get('checkout');
  if (checkout === undefined) throw new Error('The bench has no service checkout.');
  // The fleet's frontend routes by `active` alone, so a request proves nothing for the other key.
  const route = { ...checkout.route, key: 'payments' };
  const target: MapTarget = { ...(checkout.target as MapTarget), keys: ['payments'] };
  const payments = { ...checkout, name: 'payments', route, target, smoke: [] };
  return { ...config, services: new Map([...config.services, ['payments', payments]]) };
}
