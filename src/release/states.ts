/** Where a release stands. The order is the order of its life (design: life of a release). */
export const liveStates = [
  'requested',
  'awaiting_approval',
  'deploying',
  'preflight',
  'switching',
  'verifying',
  'smoking',
  'baking',
  'awaiting_acceptance',
  'persisting',
  'draining',
  'needs_attention',
] as const;
export const endStates = [
  'completed',
  'rejected',
  'expired',
  'cancelled',
  'failed',
  'aborted',
  'rolled_back',
] as const;

export type LiveState = (typeof liveStates)[number];
export type EndState = (typeof endStates)[number];
export type ReleaseState = LiveState | EndState;

const titles: Readonly<Record<ReleaseState, string>> = {
  requested: 'Checking',
  awaiting_approval: 'Awaiting approval',
  deploying: 'Deploying',
  preflight: 'Checking',
  switching: 'Switching',
  verifying: 'Verifying',
  smoking: 'Smoke testing',
  baking: 'Baking',
  awaiting_acceptance: 'Awaiting acceptance',
  persisting: 'Persisting',
  draining: 'Draining',
  needs_attention: 'Needs attention',
  completed: 'Completed',
  rejected: 'Rejected',
  expired: 'Expired',
  cancelled: 'Cancelled',
  failed: 'Failed',
  aborted: 'Aborted',
  rolled_back: 'Rolled back',
};

/** The words of the release message's first line. */
export function stateTitle(state: ReleaseState): string {
  return titles[state];
}

/** True when nothing more will happen to the release and its lock is free. */
export function isEnd(state: ReleaseState): state is EndState {
  return (endStates as readonly string[]).includes(state);
}

/** True when nothing has been written yet: cancel is enough, nothing goes back. */
export function isBeforeSwitch(state: ReleaseState): boolean {
  return ['requested', 'awaiting_approval', 'deploying', 'preflight'].includes(state);
}

/** True once the owner's word is journaled: a stop in between goes forward. */
export function isAfterAcceptance(state: ReleaseState): boolean {
  return state === 'persisting' || state === 'draining';
}
