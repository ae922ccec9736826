import { isServersRelease } from '../release/release.ts';
import { isBeforeSwitch, isEnd, stateTitle } from '../release/states.ts';
import { traitsOf } from '../release/target.ts';
import { system } from '../release/vocabulary.ts';
import { byHandLines } from './by-hand.ts';
import { isOn, readFleet } from './fleet.ts';
import { beyondReturn } from './no-return.ts';
import type { Outcome } from './outcome.ts';
import { doubtOpenWrites } from './reconcile.ts';
import type { RunContext } from './run-context.ts';
import { closeHooks } from './run-hook.ts';
import { recoverServers } from './servers/step-servers.ts';

/**
 * Decides how an open release that nobody drives goes on, by the journal and by reading the nodes:
 * before the first write where it was, before acceptance back, after acceptance forward.
 */
export async function recover(context: RunContext): Promise<void> {
  if (isEnd(context.anyRelease.state)) return;
  closeHooks(context);
  doubtOpenWrites(context);
  if (context.anyRelease.state === 'needs_attention') return;
  if (isServersRelease(context.anyRelease)) {
    recoverServers(context);
    return;
  }
  const { release } = context;
  if (release.goingBack !== undefined || release.settling !== undefined) {
    note(context, `Taken up again while ${release.goingBack ? 'going back' : 'settling'}.`);
    return;
  }
  if (isBeforeSwitch(release.state)) {
    note(context, `Taken up again at ${stateTitle(release.state)}; nothing had been written.`);
    return;
  }
  if (release.acceptedBy !== undefined) {
    note(context, `Taken up again after acceptance, at ${stateTitle(release.state)}.`);
    return;
  }
  await backOrOn(context);
}

/** Only a clean stop with the nodes as they were goes on; everything else goes back. */
async function backOrOn(context: RunContext): Promise<void> {
  const title = stateTitle(context.release.state);
  const ahead = await diskIsAhead(context, title);
  const { release } = context;
  // A person may have said meanwhile what becomes of it.
  if (isEnd(release.state) || release.goingBack !== undefined) return;
  if (ahead !== undefined) {
    context.record(ahead, system('recovery'));
    return;
  }
  if (release.parked && release.openIntents.length === 0) {
    const readings = await readFleet(context.route, release.plan.target);
    if (readings.every((reading) => isOn(reading, release.plan.to))) {
      note(context, `Taken up again at ${title}; every node is as it was.`);
      return;
    }
  }
  const stopped = `Pointsman was stopped in the middle of "${title}"`;
  const kept = beyondReturn(context, `${stopped}.`);
  if (kept !== undefined) {
    context.record(kept, system('recovery'));
    return;
  }
  context.record(
    {
      kind: 'going_back',
      end: 'rolled_back',
      why: `${stopped} and went back, as it does before acceptance.`,
    },
    system('recovery'),
  );
}

/**
 * Before acceptance no file names the new side where the route writes it at acceptance only. Where one does, the nodes
 * have seen what this journal has not, and neither back nor forward is right by itself.
 */
async function diskIsAhead(
  context: RunContext,
  title: string,
): Promise<Extract<Outcome, { kind: 'needs_attention' }> | undefined> {
  const { id, plan, service } = context.release;
  const { target, from, to } = plan;
  if (traitsOf(target).disk !== 'at_acceptance') return undefined;
  // A slow node is waited for: its file may be the one that says so, and going back would write over it.
  const readings = await readFleet(context.route, target);
  const ahead = readings.flatMap((reading) =>
    reading.kind === 'reached' && reading.disk.kind === 'side' && reading.disk.side === to
      ? [reading.node]
      : [],
  );
  if (ahead.length === 0) return undefined;
  return {
    kind: 'needs_attention',
    why: `By the journal ${id} stands at "${title}" and no file was written, but the file of ${ahead.join(', ')} names ${to} already: was the journal restored from a backup? Nothing is moved until somebody says which side counts: Re-apply keeps ${to}, Accept ${from} takes ${service} back to ${from}.`,
    byHand: byHandLines(context, to, ahead),
    choice: { reapply: to, accept: from },
    asks: 'side',
  };
}

function note(context: RunContext, sentence: string): void {
  context.record({ kind: 'recovered', sentence }, system('recovery'));
}
