declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** The two sides of a service. The names are fixed; the roles (active, preview) move between them. */
export const sides = ['blue', 'green'] as const;
export type Side = (typeof sides)[number];

/** A service's name, `[a-z][a-z0-9-]{0,31}`. */
export type ServiceName = string;
/** A release's typed id, `<service>-<number>`. */
export type ReleaseId = string;
/** One HAProxy process of a fleet, by its name in the configuration. */
export type NodeName = Brand<string, 'node'>;
/** HAProxy's own name of a backend section. */
export type BackendName = Brand<string, 'backend'>;
/** HAProxy's own name of a server line. */
export type ServerName = Brand<string, 'server'>;
/** HAProxy's own three states of a server, as a hand sets them. */
export const serverStates = ['ready', 'drain', 'maint'] as const;
export type ServerState = (typeof serverStates)[number];
/** Who acts: a Slack user id (`U0ANN`), `cli:<os user>`, or `system:<why>` for the machine itself. */
export type Actor = Brand<string, 'actor'>;

export const nodeName = (name: string): NodeName => name as NodeName;
export const backendName = (name: string): BackendName => name as BackendName;
export const serverName = (name: string): ServerName => name as ServerName;
export const actor = (name: string): Actor => name as Actor;
export const system = (why: string): Actor => `system:${why}` as Actor;

/** The other of the two sides. */
export function otherSide(side: Side): Side {
  return side === 'blue' ? 'green' : 'blue';
}

/** True for the two side names and nothing else. */
export function isSide(value: unknown): value is Side {
  return value === 'blue' || value === 'green';
}

/** Ends an exhaustive switch: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`No case for ${JSON.stringify(value)}.`);
}
