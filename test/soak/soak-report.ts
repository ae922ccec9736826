/** What a soak found. */
export interface SoakReport {
  readonly rounds: number;
  readonly violations: readonly string[];
  /** What it needed, and where the journal stands if something was violated. */
  readonly notes?: readonly string[];
}
