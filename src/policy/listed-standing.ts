import type { Config } from '../config/config.ts';
import type { Standing } from '../engine/ports.ts';
import { type Role, roles } from '../release/roles.ts';
import type { Actor } from '../release/vocabulary.ts';

/**
 * What the configuration's own lists say of a person of the command line. Groups are Slack's and do not name them,
 * so nothing has to be read and the answer is always fresh: this door works on the day Slack does not.
 */
export function listedStanding(config: Pick<Config, 'roles'>, who: Actor): Standing {
  const held = roles.filter((role) => {
    const listed = config.roles[role];
    return listed.includes(who) || listed.includes('*');
  });
  const withViewer: Role[] = held.length > 0 ? ['viewer', ...held] : [];
  return { actor: who, roles: new Set(withViewer), unread: [], foreign: false };
}
