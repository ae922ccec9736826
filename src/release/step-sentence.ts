import { counted } from './counted.ts';
import type { SidePlan, Step } from './plan.ts';
import { traitsOf } from './target.ts';
import { unreachable } from './vocabulary.ts';

type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>;

/** What one step of a plan will do, in a sentence. */
export function stepSentence(step: Step, { from, to, target }: SidePlan): string {
  switch (step.kind) {
    case 'deploy':
      return `Deploy to ${to}, once nobody is left there.`;
    case 'preflight':
      return `Check every node until all gates hold ${step.healthyReadings === 1 ? 'once' : `${step.healthyReadings} times in a row`}, for at most ${time(step.timeoutMs)}; healthy servers needed on ${to}: ${step.minimumHealthy}.`;
    case 'switch':
      return `Switch ${from} → ${to} on ${step.nodes.join(', ')}, all at once.`;
    case 'verify':
      return 'Read every node back, twice.';
    case 'smoke':
      return smokeSentence(step);
    case 'bake':
      return bakeSentence(step);
    case 'accept':
      return acceptSentence(step);
    case 'persist':
      return traitsOf(target).disk === 'with_memory'
        ? `See that the configuration file of every node names ${to}.`
        : `Write ${to} into the map file of every node.`;
    case 'drain':
      return drainSentence(step, from);
    default:
      return unreachable(step);
  }
}

function smokeSentence({ checks }: StepOf<'smoke'>): string {
  if (checks.length === 0) return 'No smoke requests are configured.';
  const requests = counted(checks.length, 'smoke request');
  return `Send ${requests} through each node's own frontend.`;
}

function bakeSentence({ forMs, errorRate, latency }: StepOf<'bake'>): string {
  if (forMs === 0) return 'No bake.';
  return `Watch errors (limit ${errorRate * 100}%) and times (limit ${latency}x) for ${time(forMs)}.`;
}

function acceptSentence({ by }: StepOf<'accept'>): string {
  return by === 'auto'
    ? 'Accept by itself when the bake has passed.'
    : 'Wait for a person to accept.';
}

function drainSentence(step: StepOf<'drain'>, from: string): string {
  const then = step.then === 'wait' ? 'ask' : 'shut its sessions down';
  return `Drain ${from} for at most ${time(step.timeoutMs)}, then ${then}.`;
}

function time(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
