import type { RouteTarget } from '../release/target.ts';
import { sides } from '../release/vocabulary.ts';
import type { Config, Service } from './config.ts';

/** Services that move between the same two sides of a node: between their releases users are on both. A sentence for each two. */
export function sameBackends({ services }: Config): readonly string[] {
  const all = [...services.values()];
  return all.flatMap((one, i) =>
    all
      .slice(i + 1)
      .filter((other) => areSame(one, other))
      .map((other) => wordsOf(one, other)),
  );
}

function areSame({ target: one }: Service, { target: other }: Service): boolean {
  const sidesOfOne = sidesOf(one);
  if (sidesOfOne === undefined || sidesOfOne !== sidesOf(other)) return false;
  const addresses = new Set(one.nodes.map(({ runtime }) => runtime));
  return other.nodes.some(({ runtime }) => addresses.has(runtime));
}

/** Both sides in HAProxy's names, whichever of them is called blue. */
function sidesOf(target: RouteTarget): string | undefined {
  if (!('sides' in target)) return undefined;
  const backend = 'backend' in target ? `${target.backend}/` : '';
  return sides
    .map((side) => backend + target.sides[side].split(', ').sort().join(', '))
    .sort()
    .join(' and ');
}

function wordsOf(one: Service, other: Service): string {
  const keys = [one, other].flatMap(({ target }) =>
    'keys' in target ? (target.keys as readonly string[]) : [],
  );
  const remedy =
    keys.length > 0
      ? `Where they belong together, make them one service with both keys: \`key: [${keys.join(', ')}]\`.`
      : 'Where they belong together, make them one service.';
  return `${one.name} and ${other.name} move between the same sides (${sidesOf(one.target)}): between their releases some users are on one side and some on the other, and neither side can be stopped while the other service uses it. ${remedy}`;
}
