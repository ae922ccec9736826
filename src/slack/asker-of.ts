import type { Asker } from '../commands/command.ts';
import { actor } from '../release/vocabulary.ts';
import type { Installation } from './installation.ts';
import type { Caller, Home, People } from './people.ts';

/** Who asks, from which message, with which identity. */
export interface Asked extends Caller {
  readonly channel: string;
  readonly message?: string;
  readonly request: string;
}

/** A sentence while Slack does not tell whether this is somebody of this installation. */
export async function askerOf(
  { installation, people }: { readonly installation: Installation; readonly people: People },
  asked: Asked,
  timezoneWithinMs = 0,
): Promise<Asker | string> {
  if (installation.known === undefined) await installation.ask().catch(() => undefined);
  if (installation.known === undefined) return notYetReached;
  const [home, timezone] = await Promise.all([
    people.homeOf(asked),
    people.timezoneOf(asked.user, timezoneWithinMs),
  ]);
  if (home.kind === 'unknown') return homeUnknown(asked.user, home);
  return {
    actor: actor(asked.user),
    timezone,
    door: 'slack',
    ...(asked.team === undefined ? {} : { team: asked.team }),
    channel: asked.channel,
    ...(asked.message === undefined ? {} : { message: asked.message }),
    request: asked.request,
    foreign: home.kind === 'elsewhere',
  };
}

const notYetReached =
  'Refused: Slack has not answered Pointsman since it started, so it cannot tell who is at home here. Try again in a minute; on the host, `pointsman` answers.';

function homeUnknown(user: string, { why, final }: Extract<Home, { kind: 'unknown' }>): string {
  const next = final
    ? 'Waiting does not help: look at the app’s scopes and its token.'
    : 'Try again in a minute; on the host, `pointsman` answers.';
  return `Refused: Slack does not tell whether @${user} belongs to this workspace: ${why}. ${next}`;
}
