import type { Service } from '../../config/config.ts';
import { sideTarget } from '../../config/route-target.ts';
import { joined } from '../../release/joined.ts';
import { traitsOf } from '../../release/target.ts';
import type { Engine } from '../engine.ts';
import { readFleetInTime } from '../fleet.ts';
import { placesOff } from '../judge-drift.ts';

const mostNodes = 3;

/**
 * Names the drift of a service without an open release, and how to bring it back: a person who types `/rollback` then may
 * mean just that. Empty where there is no drift.
 */
export async function driftWords(engine: Engine, service: Service): Promise<string> {
  const { journal, route } = engine.deps;
  const target = sideTarget(service);
  const state = journal.service(service.name);
  const readings = await readFleetInTime(route(target), target);
  const facts = { state, open: undefined, traits: traitsOf(target) };
  const off = readings.flatMap((one) => (one.kind === 'reached' ? placesOff(one, facts) : []));
  if (off.length === 0) return '';
  const more = off.length > mostNodes ? `, and ${off.length - mostNodes} more` : '';
  const found = joined(off.slice(0, mostNodes).map(({ sentence }) => sentence));
  const side = state.accepted?.side ?? 'blue|green';
  return ` But something else has changed its nodes: ${found}${more}. \`Re-apply\` on the notice of it brings them back, or an operator's \`/release adopt ${service.name} ${side} because <reason>\`.`;
}
