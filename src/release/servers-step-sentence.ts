import type { ServersPlan, ServersStep } from './plan.ts';

/** What one step of a plan for single servers will do, in a sentence. */
export function serversStepSentence(step: ServersStep, { target, hooks }: ServersPlan): string {
  const where = `on ${target.nodes.map(({ node }) => node).join(', ')}`;
  if (step.kind === 'set') {
    return `Set ${target.backend}/${step.server} to ${step.state} ${where}.`;
  }
  const names = step.servers.map((server) => `${target.backend}/${server}`).join(', ');
  const then = step.drain.then === 'wait' ? 'ask' : 'cut them';
  const deploy =
    hooks?.deploy === undefined ? '' : `run the hook deploy for ${step.servers.join(', ')}, `;
  return `Drain ${names} ${where}, wait for sessions at most ${time(step.drain.timeoutMs)} (then ${then}), set to maint, ${deploy}set to ready, and wait at most ${time(step.healthy.timeoutMs)} until healthy.`;
}

function time(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
