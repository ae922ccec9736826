import type { MapSides } from '../../src/config/map-sides.ts';
import { backendName } from '../../src/release/vocabulary.ts';

/** `sides: { blue: <name>, green: <name> }`, as the configuration reads it. */
export function plainSides(blue: string, green: string): MapSides {
  return {
    values: { blue, green },
    backends: { blue: [backendName(blue)], green: [backendName(green)] },
    sides: { blue, green },
  };
}

export const twoBackends = plainSides('backend_blue', 'backend_green');
