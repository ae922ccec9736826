import type { WebClient } from '@slack/web-api';
import type { Clock } from '../engine/ports.ts';
import type { Installation, Installed } from './installation.ts';

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

const keptMs = 60 * 60_000;
const most = 5_000;

/** Knows of people what Slack says about them, for an hour; keyed by user id alone, never by a name. */
export class People {
  readonly #client: WebClient;
  readonly #clock: Clock;
  readonly #installation: Installation;
  readonly #known = new Map<string, Person>();
  readonly #asked = new Map<string, Promise<Person | undefined>>();
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
    return person?.timezone ?? 'UTC';
  }

  /** True for people of another installation, and for those whose home cannot be told. */
  async isForeign(caller: Caller): Promise<boolean> {
    const installed = this.#installation.known;
    if (installed === undefined) return true;
    const foreign = await this.#livesElsewhere(caller, installed);
    if (foreign) this.#foreign.add(caller.user);
    else this.#foreign.delete(caller.user);
    return foreign;
  }

  /** True where a door or Slack's record says so; what nobody knows is not held against a person here. */
  async knownForeign(user: string): Promise<boolean> {
    if (this.#foreign.has(user)) return true;
    const installed = this.#installation.known;
    const person = this.#known.get(user);
    return installed !== undefined && person?.team !== undefined && !atHome(person, installed);
  }

  async #livesElsewhere(caller: Caller, installed: Installed): Promise<boolean> {
    if (caller.team === installed.team) return false;
    if (isSame(caller.team, installed.enterprise)) return false;
    // A workspace of the same Enterprise Grid has another team id: only the person's own record tells then. What a
    // payload says of an enterprise is that of the place, not of the person.
    if (caller.team !== undefined && installed.enterprise === undefined) return true;
    const person = await this.#person(caller.user);
    return person === undefined || !atHome(person, installed);
  }

  #person(user: string): Promise<Person | undefined> {
    const known = this.#known.get(user);
    if (known !== undefined && this.#clock.now().mono - known.readAt < keptMs) {
      return Promise.resolve(known);
    }
    const under = this.#asked.get(user);
    if (under !== undefined) return under;
    const asked = this.#read(user)
      .catch(() => known)
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
