import type { Service } from '../../config/config.ts';
import type { Draft } from '../../release/journal-entry.ts';
import type { ReachedNode } from '../../release/reading.ts';
import type { SideTarget } from '../../release/target.ts';
import { type ServiceName, type Side, system } from '../../release/vocabulary.ts';
import type { Engine } from '../engine.ts';
import { agreement, readFleet, willStartOn, wordsPerNode } from '../fleet.ts';
import type { Extent } from '../ports.ts';

/** The side the whole fleet has, or why a release cannot begin from what is there. */
export type Found =
  | {
      readonly kind: 'found';
      readonly side: Side;
      readonly readings: readonly ReachedNode[];
    }
  | {
      readonly kind: 'apart';
      /** True: not every node answered. */
      readonly silent: boolean;
      readonly why: string;
      /** The refusal of a release. */
      readonly text: string;
    };

/** Reads every node; memory must be one side everywhere, and disk must be that side too. */
export async function findSide(
  engine: Engine,
  service: Service,
  target: SideTarget,
  extent: Extent = 'whole',
): Promise<Found> {
  const readings = await readFleet(engine.deps.route(target), target, undefined, extent);
  const agreed = agreement(readings);
  if (agreed.kind === 'apart') {
    const text = agreed.silent
      ? `Refused: not every node of ${service.name} answers, and a release needs them all: ${agreed.why}. See \`/release-status ${service.name}\` and ask again when they do.`
      : apartText(service.name, agreed.why);
    return { kind: 'apart', silent: agreed.silent, why: agreed.why, text };
  }
  if (!agreed.readings.every((reading) => willStartOn(reading, agreed.side))) {
    const why = `in memory every node has ${agreed.side}, but on disk ${wordsPerNode(agreed.readings, 'disk')}`;
    return { kind: 'apart', silent: false, why, text: apartText(service.name, why) };
  }
  return { kind: 'found', side: agreed.side, readings: agreed.readings };
}

/** The row that makes the found side stable where nobody has accepted one. */
export function adoptionDraft(service: ServiceName, found: Found & { kind: 'found' }): Draft {
  return {
    actor: system('adopt'),
    service,
    what: { kind: 'adopted', side: found.side, nodes: found.readings.map(({ node }) => node) },
  };
}

function apartText(service: ServiceName, why: string): string {
  return `Refused: the nodes of ${service} do not stand alike, so there is no side to move from: ${why}. See \`/release-status ${service}\`; an operator makes them alike with \`/release adopt ${service} blue|green because <reason>\`.`;
}
