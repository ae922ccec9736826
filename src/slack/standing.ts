import type { Config } from '../config/config.ts';
import type { MembershipReading, StandingOf, UnreadGroup } from '../engine/ports.ts';
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

/**
 * Who holds which role, by user id and by user group. Only groups that could add something are read, and one that
 * cannot be read takes away only what could come through it.
 */
export function standingBySlack(deps: StandingDeps): StandingOf {
  return async (actor, reading) => {
    const foreign = await deps.people.knownForeign(actor);
    if (foreign) return { actor, roles: new Set(), unread: [], foreign };
    const named = roles.filter((role) => names(deps.roles[role], actor));
    const read = await readGroups(deps, actor, named, reading);
    const byGroup = roles.filter((role) =>
      deps.roles[role].some((entry) => holds(read.get(entry), actor)),
    );
    const held = new Set<Role>([...named, ...byGroup]);
    if (held.size > 0) held.add('viewer');
    return { actor, roles: held, unread: unreadOf(deps, actor, read, held), foreign };
  };
}

/** The user groups that the roles name, each once. */
export function groupsOf(lists: Config['roles']): readonly string[] {
  return [...new Set(roles.flatMap((role) => lists[role].filter(isGroup)))];
}

/** The roles that name this entry. */
export function rolesNaming(lists: Config['roles'], entry: string): readonly Role[] {
  return roles.filter((role) => lists[role].includes(entry));
}

function names(entries: readonly string[], actor: Actor): boolean {
  return entries.includes(actor) || entries.includes('*');
}

async function readGroups(
  deps: StandingDeps,
  actor: Actor,
  named: readonly Role[],
  reading: MembershipReading,
): Promise<ReadonlyMap<string, Membership>> {
  if (!isSlackUser(actor)) return new Map();
  const open = roles.filter((role) => !named.includes(role));
  const groups = new Set(open.flatMap((role) => deps.roles[role].filter(isGroup)));
  return new Map(
    await Promise.all(
      [...groups].map(
        async (group) => [group, await deps.groups.membersOf(group, reading)] as const,
      ),
    ),
  );
}

function isGroup(entry: string): boolean {
  return /^S[A-Z0-9]+$/.test(entry);
}

function holds(membership: Membership | undefined, actor: Actor): boolean {
  return membership?.kind === 'read' && membership.members.has(actor);
}

function unreadOf(
  deps: StandingDeps,
  actor: Actor,
  read: ReadonlyMap<string, Membership>,
  held: ReadonlySet<Role>,
): readonly UnreadGroup[] {
  return [...read].flatMap(([group, membership]) => {
    if (membership.kind === 'read') return [];
    // Every role includes viewer.
    const given = new Set<Role>(['viewer', ...rolesNaming(deps.roles, group)]);
    const open = roles.filter((role) => given.has(role) && !held.has(role));
    const { why, final, last } = membership;
    const memberAt = last?.members.has(actor) === true ? { memberAt: last.readAt } : {};
    return open.length === 0 ? [] : [{ group, roles: open, why, final, ...memberAt }];
  });
}
