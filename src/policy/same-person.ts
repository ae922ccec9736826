import type { Config } from '../config/config.ts';
import type { Standing } from '../engine/ports.ts';
import { type Actor, actor } from '../release/vocabulary.ts';
import { listedStanding } from './listed-standing.ts';

/** The person behind an actor: who asks on the command line and presses in Slack is one person, not two. */
export function personOf({ people }: Pick<Config, 'people'>, who: Actor): Actor {
  const known = people.get(who);
  return known === undefined ? who : actor(known);
}

/**
 * What a person of the command line may do: by the configuration's lists, and by what their Slack self may. What Slack
 * does not tell takes nothing of the lists away: this door must not close with Slack.
 */
export function standingOfBoth(
  config: Pick<Config, 'roles' | 'people'>,
  who: Actor,
  inSlack: Standing,
): Standing {
  const listed = listedStanding(config, who);
  if (inSlack.foreign) return listed.roles.size > 0 ? listed : { ...inSlack, actor: who };
  const roles = new Set([...listed.roles, ...inSlack.roles]);
  const unread = inSlack.unread
    .map((group) => ({ ...group, roles: group.roles.filter((role) => !roles.has(role)) }))
    .filter((group) => group.roles.length > 0);
  return { ...listed, roles, unread };
}
