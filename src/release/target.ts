import type { BackendName, NodeName, ServerName, Side } from './vocabulary.ts';

/** Where one node is reached; part of the plan, so an open release keeps it. Routes add what they need. */
export interface NodeTarget {
  readonly node: NodeName;
  /** Runtime API address: `unix:///path` or `tcp://host:port`. */
  readonly runtime: string;
  /** Where smoke requests enter this node, `http://host:port`. */
  readonly frontend: string;
  /** The master process' socket, where there is one: it knows the old workers that a reload left behind. */
  readonly master?: string;
  /** Its haproxy.cfg, `file:///path`, where it can be read: it tells which lines use a side. */
  readonly configFile?: string;
  /** Set where its files keep their inode: they are overwritten, not replaced. */
  readonly fileWrite?: 'in_place';
}

/** How and where a service's traffic is moved. Plain data: it stands in the plan, in its digest and in the journal. */
export type RouteTarget = SideTarget | ServersTarget;

/** A route that moves a service between its two sides. */
export interface SideTarget {
  /** The route's kind as the configuration names it; only the route itself looks at more than is declared here. */
  readonly kind: string;
  /** What each side is on the nodes, in HAProxy's names: a backend, several (`web_green, api_green`), or servers (`g1, g2`). */
  readonly sides: Readonly<Record<Side, string>>;
  /** The word that names each side in the place that is switched. Absent: that in `sides`. */
  readonly values?: Readonly<Record<Side, string>>;
  readonly nodes: readonly NodeTarget[];
  /** Absent: those of route `map`. */
  readonly traits?: RouteTraits;
}

/** A route without sides: single servers of one backend are taken out and put back. */
export interface ServersTarget {
  readonly kind: string;
  readonly backend: BackendName;
  /** In the backend's order, as they were found; none where nobody has looked yet. */
  readonly servers: readonly ServerName[];
  /** How many of them a rolling release takes at once. */
  readonly batch: number;
  readonly nodes: readonly NodeTarget[];
}

/** In what a route differs from the others, as far as anybody but the route has to know. */
export interface RouteTraits {
  /**
   * What the node's next worker starts with. `at_acceptance`: a file that is written when the release is accepted;
   * `with_memory`: a file that the switch itself writes; `none`: HAProxy's own configuration, which stays as it is, so
   * that a reload is always a fall back.
   */
  readonly disk: 'at_acceptance' | 'with_memory' | 'none';
  /** Set where nothing is on disk and the switch still outlives a reload: who keeps it, in words. */
  readonly keptBy?: string;
  /**
   * Set where existing sessions stay on the old side after the switch: it counts as left when it has had no connection
   * and no request for so long, milliseconds.
   */
  readonly sessionsStayMs?: number;
  /** How a user asks for either side explicitly, in words or links; `{side}` stands for the side. */
  readonly askFor?: string;
}

const traitsOfMap: RouteTraits = { disk: 'at_acceptance' };

/** The words that name the sides in the place that is switched. */
export function wordsOf(target: SideTarget): Readonly<Record<Side, string>> {
  return target.values ?? target.sides;
}

/** The target's traits, with the defaults filled in. */
export function traitsOf(target: SideTarget): RouteTraits {
  return target.traits ?? traitsOfMap;
}

/** Where the new side stands once a release is whole, in words. */
export function placesWords(target: SideTarget): string {
  switch (traitsOf(target).disk) {
    case 'at_acceptance':
      return 'in memory and on disk';
    case 'with_memory':
      return 'in the running worker and in the configuration file';
    default:
      return keptIn(target);
  }
}

function keptIn(target: SideTarget): string {
  const { keptBy } = traitsOf(target);
  return keptBy === undefined
    ? "in memory (HAProxy's configuration stays as it is: a reload falls back to it)"
    : `kept by ${keptBy}`;
}

/** What a reload of a node does before the release is accepted. */
export function reloadWords(target: SideTarget, from: Side, to: Side): string {
  const { disk, keptBy } = traitsOf(target);
  if (disk === 'with_memory')
    return `The configuration file names ${to} already: a reload stays there.`;
  if (keptBy !== undefined) return `Kept by ${keptBy}: a reload stays on ${to}.`;
  return disk === 'at_acceptance'
    ? `The map file still names ${from}: until it is accepted, a reload goes back.`
    : `HAProxy keeps nothing of the switch: a reload goes back to what its configuration says.`;
}

/** True where the service has two sides. */
export function hasSides(target: RouteTarget): target is SideTarget {
  return 'sides' in target;
}
