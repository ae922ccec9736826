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

/** While Slack does not tell whether this is somebody of this installation, whatever they ask is refused. */
export async function askerOf(
  { installation, people }: { readonly installation: Installation; readonly people: People },
  asked: Asked,
  timezoneWithinMs = 0,
): Promise<Asker> {
  if (installation.known === undefined) await installation.ask().catch(() => undefined);
  const isReached = installation.known !== undefined;
  const [home, timezone] = isReached
    ? await Promise.all([people.homeOf(asked), people.timezoneOf(asked.user, timezoneWithinMs)])
    : [undefined, 'UTC'];
  const refusal = refusalOf(asked.user, home);
  return {
    actor: actor(asked.user),
    timezone,
    door: 'slack',
    ...(asked.team === undefined ? {} : { team: asked.team }),
    channel: asked.channel,
    ...(asked.message === undefined ? {} : { message: asked.message }),
    request: asked.request,
    foreign: home?.kind === 'elsewhere',
    ...(refusal === undefined ? {} : { refusal }),
  };
}

function refusalOf(user: string, home: Home | undefined): string | undefined {
  if (home === undefined) return notYetReached;
  return home.kind === 'unknown' ? homeUnknown(user, home) : undefined;
}

const notYetReached =
  'Refused: Slack has not answered Pointsman since it started, so it cannot tell who is at home here. Try again in a minute; on the host, `pointsman` answers.';

function homeUnknown(user: string, { why, final }: Extract<Home, { kind: 'unknown' }>): string {
  const next = final
    ? 'Waiting does not help: look at the app’s scopes and its token.'
    : 'Try again in a minute; on the host, `pointsman` answers.';
  return `Refused: Slack does not tell whether @${user} belongs to this workspace: ${why}. ${next}`;
}
