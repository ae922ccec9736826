import { adopt } from '../engine/acts/adopt.ts';
import { askRelease, planRelease } from '../engine/acts/ask-release.ts';
import { rollback } from '../engine/acts/take-back.ts';
import type { Plan, Step } from '../release/plan.ts';
import { unreachable } from '../release/vocabulary.ts';
import type { Command, Reply } from './command.ts';
import { findService, type Room, refusedReply, replyOf } from './room.ts';

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>;

/** `/release <service> …`: opens a release. */
export async function release(room: Room, command: Of<'release'>): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  return replyOf(await askRelease(room.engine, { ...asked(command), service }, room.by));
}

/** `/release plan <service> …`: what a release would do; nothing is written. */
export async function plan(room: Room, command: Of<'plan'>): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  const planned = await planRelease(room.engine, { ...asked(command), service });
  if (planned.kind === 'refused') return refusedReply(planned.text);
  return {
    kind: 'plan',
    plan: planned.plan,
    digest: planned.digest,
    sentences: planned.plan.steps.map((step) => stepSentence(step, planned.plan)),
  };
}

/** `/rollback <service>`: to stable, at once. */
export async function takeBack(room: Room, command: Of<'rollback'>): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  return replyOf(await rollback(room.engine, service, reasons(command), room.by));
}

/** `/release adopt <service> <side> because …`: makes every node alike. */
export async function adoptSide(room: Room, command: Of<'adopt'>): Promise<Reply> {
  const service = findService(room, command.service);
  if (typeof service === 'string') return refusedReply(service);
  return replyOf(await adopt(room.engine, service, command.side, command.because, room.by));
}

function asked(command: Of<'release'> | Of<'plan'>) {
  const { side, version } = command;
  return {
    ...(side === undefined ? {} : { side }),
    ...(version === undefined ? {} : { version }),
    ...reasons(command),
  };
}

function reasons({
  because,
  override,
}: {
  readonly because?: string;
  readonly override?: boolean;
}) {
  return {
    ...(because === undefined ? {} : { because }),
    ...(override === undefined ? {} : { override }),
  };
}

function stepSentence(step: Step, { from, to }: Plan): string {
  switch (step.kind) {
    case 'deploy':
      return `Deploy to ${to}.`;
    case 'preflight':
      return `Check every node until all gates hold ${step.healthyReadings} times in a row, for at most ${seconds(step.timeoutMs)}; healthy servers needed on ${to}: ${step.minimumHealthy}.`;
    case 'switch':
      return `Switch ${from} -> ${to} on ${step.nodes.join(', ')}, all at once.`;
    case 'verify':
      return 'Read every node back, twice.';
    case 'smoke':
      return step.checks.length === 0
        ? 'No smoke requests are configured.'
        : `Send ${step.checks.length} smoke request${step.checks.length === 1 ? '' : 's'} through each node's own frontend.`;
    case 'bake':
      return step.forMs === 0
        ? 'No bake.'
        : `Watch errors (limit ${step.errorRate * 100}%) and times (limit ${step.latency}x) for ${seconds(step.forMs)}.`;
    case 'accept':
      return step.by === 'auto'
        ? 'Accept by itself when the bake has passed.'
        : 'Wait for a person to accept.';
    case 'persist':
      return `Write ${to} into the map file of every node.`;
    case 'drain':
      return `Drain ${from} for at most ${seconds(step.timeoutMs)}, then ${step.then === 'wait' ? 'ask' : 'shut its sessions down'}.`;
    default:
      return unreachable(step);
  }
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
