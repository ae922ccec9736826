import { hasSides, type SideTarget } from '../release/target.ts';
import type { Service } from './config.ts';

/** The target of a service that has sides. Throws where it has none: then the caller mixed up two ways. */
export function sideTarget(service: Service): SideTarget {
  const { target } = service;
  if (hasSides(target)) return target;
  throw new Error(`${service.name} has no sides: its route is ${target.kind}.`);
}
