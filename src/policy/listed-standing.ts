import type { Config } from '../config/config.ts';
import type { Standing } from '../engine/ports.ts';
import { type Role, roles } from '../release/roles.ts';
import type { Actor } from '../release/vocabulary.ts';

/**
 * What the configuration's own lists say of a person of the command line, by that name and by their id in Slack. Groups
 * are Slack's, so nothing has to be read and the answer is always fresh: this door works on the day Slack does not.
 */
export function listedStanding(config: Pick<Config, 'roles' | 'people'>, who: Actor): Standing {
  const names = [who, config.people.get(who) ?? who, '*'];
  const held = roles.filter((role) => names.some((name) => config.roles[role].includes(name)));
  const withViewer: Role[] = held.length > 0 ? ['viewer', ...held] : [];
  return { actor: who, roles: new Set(withViewer), unread: [], foreign: false };
}
