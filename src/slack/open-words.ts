import type { Release } from '../release/release.ts';
import type { ServiceState } from '../release/service-state.ts';
import { stateTitle } from '../release/states.ts';

/** What is open of a service, and the lock that stands: the one does not hide the other. */
export function openWords(
  state: Pick<ServiceState, 'open' | 'hold'>,
  release: Release | undefined,
): string {
  const open =
    release === undefined ? (state.open ?? '') : `${release.id} · ${stateTitle(release.state)}`;
  const against = release?.override === undefined ? 'locked by' : 'against the lock of';
  const lock = state.hold === undefined ? '' : `${against} @${state.hold.by}`;
  return [open, lock].filter((part) => part !== '').join(', ');
}
