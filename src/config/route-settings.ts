import type { z } from 'zod';
import type { RouteTarget } from '../release/target.ts';
import type { NodeFile } from './file-schema.ts';
import type { Path } from './problem.ts';

/** How a service says that its traffic is moved by one kind of route. Each kind has its own, in its folder under src/haproxy/routes/. */
export interface RouteSettings {
  /** The word in `route.kind`. */
  readonly kind: string;
  /** The form that this `route` has, as it stands in the file: nothing of it is checked yet. Most kinds have one form. */
  readonly formOf: (route: Readonly<Record<string, unknown>>) => RouteForm;
}

/** One form of a kind: the keys of a service that are the route's own, and the target they come to. */
export interface RouteForm {
  readonly keys: RouteKeys;
  /** Is asked only with settings that these keys have accepted. */
  readonly target: (ask: TargetAsk<unknown>) => TargetReading;
}

/** The schemas of a service's `route` and, where the kind has sides, its `sides`. Their errors are what stands after "expected". */
export type RouteKeys =
  | { readonly route: z.ZodType }
  | { readonly route: z.ZodType; readonly sides: z.ZodType };

/** What those schemas make of the file. */
export type SettingsOf<Keys extends RouteKeys> = {
  readonly [Key in keyof Keys]: Keys[Key] extends z.ZodType ? z.output<Keys[Key]> : never;
};

export interface TargetAsk<Settings> {
  /** The service's name and its fleet's: paths of problems begin with them. */
  readonly service: string;
  readonly fleet: string;
  readonly settings: Settings;
  /** The fleet's nodes as the file has them, in its order. */
  readonly nodes: readonly NodeFile[];
  /** Every `route.map` that a service of the same fleet names, this one included. */
  readonly mapsOfFleet: readonly string[];
}

export type TargetReading =
  | { readonly kind: 'target'; readonly target: RouteTarget; readonly claim: Claim }
  /** Sentences of `problem`. */
  | { readonly kind: 'broken'; readonly problems: readonly string[] };

/** What only one service may move. A second one that claims one of the places is refused. */
export interface Claim {
  /** Any text that is the same for the same thing on the same node, whatever the kind of the route. */
  readonly places: readonly string[];
  /** Where the service names it, below the service: `route.key`. */
  readonly path: Path;
  /** `a key of its own`, what stands there, and what both have: `the same key of the same map`. */
  readonly expected: string;
  readonly found: string;
  readonly same: string;
}

/** Ties the keys of a form to the function that reads what they make. */
export function routeForm<Keys extends RouteKeys>(
  keys: Keys,
  target: (ask: TargetAsk<SettingsOf<Keys>>) => TargetReading,
): RouteForm {
  return { keys, target: (ask) => target(ask as TargetAsk<SettingsOf<Keys>>) };
}
