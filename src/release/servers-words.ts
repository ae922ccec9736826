import type { BatchPhase, ServerSetting } from './plan.ts';
import type { ServerName } from './vocabulary.ts';

/** What is being done to a batch, in a word or two. */
export const phaseWords: Readonly<Record<BatchPhase, string>> = {
  set: 'set',
  drain: 'set to drain',
  empty: 'waits for its sessions',
  maint: 'set to maint',
  deploy: 'deploys',
  ready: 'set to ready',
  healthy: 'waits until healthy',
};

/** `b1 drain, b2 drain`. */
export function settingWords(settings: readonly ServerSetting[]): string {
  return settings.map(({ server, state }) => `${server} ${state}`).join(', ');
}

/** `b1, b2`. */
export function serverWords(settings: readonly { readonly server: ServerName }[]): string {
  return settings.map(({ server }) => server).join(', ');
}
