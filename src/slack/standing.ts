import type { Config } from '../config/config.ts';
import type { Standing, StandingOf } from '../engine/ports.ts';
import { type Role, roles } from '../release/roles.ts';
import type { Actor } from '../release/vocabulary.ts';
import type { Groups, Membership } from './groups.ts';
import type { People } from './people.ts';
import { isSlackUser } from './slack-text.ts';

export interface StandingDeps {
  readonly roles: Config['roles'];
  readonly groups: Pick<Groups, 'membersOf'>;
  readonly people: Pick<People, 'knownForeign'>;
}

/** Who holds which role, by user id and by user group. Only groups that could add something are read. */
export function standingBySlack(deps: StandingDeps): StandingOf {
  return async (actor) => {
    const foreign = await deps.people.knownForeign(actor);
    if (foreign) return { actor, roles: new Set(), membership: 'fresh', foreign };
    const named = roles.filter((role) => names(deps.roles[role], actor));
    const read = await readGroups(deps, actor, named);
    const byGroup = roles.filter((role) =>
      deps.roles[role].some((entry) => holds(read.get(entry), actor)),
    );
    const held = new Set<Role>([...named, ...byGroup]);
    if (held.size > 0) held.add('viewer');
    return { actor, roles: held, ...ageOf([...read.values()], held), foreign };
  };
}

function names(entries: readonly string[], actor: Actor): boolean {
  return entries.includes(actor) || entries.includes('*');
}

async function readGroups(
  deps: StandingDeps,
  actor: Actor,
  named: readonly Role[],
): Promise<ReadonlyMap<string, Membership>> {
  if (!isSlackUser(actor)) return new Map();
  const open = roles.filter((role) => !named.includes(role));
  const groups = new Set(open.flatMap((role) => deps.roles[role].filter(isGroup)));
  return new Map(
    await Promise.all(
      [...groups].map(async (group) => [group, await deps.groups.membersOf(group)] as const),
    ),
  );
}

function isGroup(entry: string): boolean {
  return /^S[A-Z0-9]+$/.test(entry);
}

function holds(membership: Membership | undefined, actor: Actor): boolean {
  return (
    membership !== undefined && membership.kind !== 'unreadable' && membership.members.has(actor)
  );
}

/**
 * `unreadable` is said only of people of whom nothing is known: a role held by user id, or by a group that was read,
 * is certain enough to go back with, and `old` allows no more than that.
 */
function ageOf(
  read: readonly Membership[],
  held: ReadonlySet<Role>,
): Pick<Standing, 'membership' | 'readAt'> {
  const served = read.filter((one) => one.kind !== 'unreadable');
  const oldest = served.map(({ readAt }) => readAt).sort()[0];
  const readAt = oldest === undefined ? {} : { readAt: oldest };
  if (read.every(({ kind }) => kind === 'fresh')) return { membership: 'fresh', ...readAt };
  if (served.length < read.length && held.size === 0)
    return { membership: 'unreadable', ...readAt };
  return { membership: 'old', ...readAt };
}
