/** How long the slower stages take. Durations in the configuration's own words. */
export interface Pace {
  readonly bake: string;
  readonly drain: string;
  readonly drift: string;
  /** How long nobody may come back to a side until it is left, where users stay. */
  readonly idle: string;
}

/** So that a person can watch it, and a release still ends within a minute. */
export const unhurried: Pace = { bake: '10s', drain: '30s', drift: '3s', idle: '8s' };
/** For the play that runs by itself. */
export const brisk: Pace = { bake: '4s', drain: '20s', drift: '2s', idle: '2s' };
