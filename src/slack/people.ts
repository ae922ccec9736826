import type { WebClient } from '@slack/web-api';
import type { Clock } from '../engine/ports.ts';
import type { Installation, Installed } from './installation.ts';
import { slackProblem } from './slack-problem.ts';

/** A person as Slack's payload names them. */
export interface Caller {
  readonly user: string;
  /** The workspace of the person, where the payload says it. */
  readonly team?: string;
}

interface Person {
  readonly timezone: string;
  readonly team: string | undefined;
  readonly enterprise: string | undefined;
  readonly readAt: number;
}

/** Whether a person is of this installation. */
export type Home =
  | { readonly kind: 'here' | 'elsewhere' }
  /** Slack does not tell; `final`: waiting changes nothing. */
  | { readonly kind: 'unknown'; readonly why: string; readonly final: boolean };

/** Slack did not tell of a person. */
interface Untold {
  readonly why: string;
  readonly final: boolean;
}

const keptMs = 60 * 60_000;
const most = 5_000;

/** Knows of people what Slack says about them, for an hour; keyed by user id alone, never by a name. */
export class People {
  readonly #client: WebClient;
  readonly #clock: Clock;
  readonly #installation: Installation;
  readonly #known = new Map<string, Person>();
  readonly #asked = new Map<string, Promise<Person | Untold>>();
  /** Seen at a door as belonging elsewhere. */
  readonly #foreign = new Set<string>();

  constructor(deps: { client: WebClient; clock: Clock; installation: Installation }) {
    this.#client = deps.client;
    this.#clock = deps.clock;
    this.#installation = deps.installation;
  }

  /** The person's IANA zone; UTC where it is not known within `withinMs`. */
  async timezoneOf(user: string, withinMs: number): Promise<string> {
    const asked = this.#person(user);
    if (withinMs <= 0) return this.#known.get(user)?.timezone ?? 'UTC';
    const limit = new AbortController();
    const late = this.#clock.sleep(withinMs, limit.signal).catch(() => undefined);
    const person = await Promise.race([asked, late]);
    limit.abort();
    return person !== undefined && 'timezone' in person ? person.timezone : 'UTC';
  }

  async homeOf(caller: Caller): Promise<Home> {
    const installed = this.#installation.known;
    if (installed === undefined) {
      return { kind: 'unknown', why: 'Slack has not been reached since the start', final: false };
    }
    const home = await this.#lookUp(caller, installed);
    if (home.kind === 'elsewhere') this.#foreign.add(caller.user);
    if (home.kind === 'here') this.#foreign.delete(caller.user);
    return home;
  }

  /** True where a door or Slack's record says so; what nobody knows is not held against a person here. */
  async knownForeign(user: string): Promise<boolean> {
    if (this.#foreign.has(user)) return true;
    const installed = this.#installation.known;
    const person = this.#known.get(user);
    return installed !== undefined && person?.team !== undefined && !atHome(person, installed);
  }

  async #lookUp(caller: Caller, installed: Installed): Promise<Home> {
    if (caller.team === installed.team) return { kind: 'here' };
    if (isSame(caller.team, installed.enterprise)) return { kind: 'here' };
    // A workspace of the same Enterprise Grid has another team id: only the person's own record tells then. What a
    // payload says of an enterprise is that of the place, not of the person.
    if (caller.team !== undefined && installed.enterprise === undefined) {
      return { kind: 'elsewhere' };
    }
    const person = await this.#person(caller.user);
    if ('why' in person) return { kind: 'unknown', ...person };
    return { kind: atHome(person, installed) ? 'here' : 'elsewhere' };
  }

  #person(user: string): Promise<Person | Untold> {
    const known = this.#known.get(user);
    if (known !== undefined && this.#clock.now().mono - known.readAt < keptMs) {
      return Promise.resolve(known);
    }
    const under = this.#asked.get(user);
    if (under !== undefined) return under;
    const asked = this.#read(user)
      .catch((error: unknown) => {
        const { kind, why } = slackProblem(error);
        return known ?? { why, final: kind !== 'later' };
      })
      .finally(() => this.#asked.delete(user));
    this.#asked.set(user, asked);
    return asked;
  }

  async #read(user: string): Promise<Person> {
    const { user: record } = await this.#client.users.info({ user });
    const person: Person = {
      timezone: record?.tz ?? 'UTC',
      team: record?.team_id,
      enterprise: record?.enterprise_user?.enterprise_id,
      readAt: this.#clock.now().mono,
    };
    if (this.#known.size >= most) this.#known.clear();
    this.#known.set(user, person);
    return person;
  }
}

function atHome(person: Person, installed: Installed): boolean {
  return (
    person.team === installed.team ||
    isSame(person.enterprise, installed.enterprise) ||
    isSame(person.team, installed.enterprise)
  );
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one !== '' && one === other;
}
