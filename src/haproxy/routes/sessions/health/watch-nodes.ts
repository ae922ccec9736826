import { setTimeout as pause } from 'node:timers/promises';
import { joined } from '../../../../release/joined.ts';
import type { Worker } from '../../../../release/reading.ts';
import { type NodeName, sides } from '../../../../release/vocabulary.ts';
import { withDeadline } from '../../../../timing/deadline.ts';
import type { RouteOptions } from '../../route-options.ts';
import { type BackendLook, lookAtBackend } from '../one-backend/look-at-backend.ts';
import { type OneBackendNode, oneBackendNode } from '../one-backend/one-backend-node.ts';
import { serversOf } from '../one-backend/reading-of.ts';
import type { ByHealthTarget } from './by-health-target.ts';
import { type SeenSwitch, seenSwitch } from './seen-switch.ts';

const everyMs = 50;

export type Sight =
  | { readonly kind: 'seen'; readonly worker: Worker; readonly at: number }
  /** A sentence's end: `it still has b1 UP after 30 s`. */
  | { readonly kind: 'late'; readonly words: string }
  /** It does not answer, and nobody said that it must. */
  | { readonly kind: 'skipped'; readonly words: string };

/** What is waited for on every node of a target. */
export interface Watch {
  readonly target: ByHealthTarget;
  readonly options: RouteOptions;
  /** By how a node sees each server's application. */
  readonly holds: (seen: ReadonlyMap<string, SeenSwitch>) => boolean;
  /** The nodes that are waited for even where they do not answer. */
  readonly needed: readonly NodeName[];
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Looks at every node until it sees what is waited for, for as long as the target allows. Never rejects. */
export async function watchNodes(watch: Watch): Promise<ReadonlyMap<NodeName, Sight>> {
  const sights = watch.target.nodes.map(
    async ({ node }) => [node, await watchNode(watch, node)] as const,
  );
  return new Map(await Promise.all(sights));
}

/** The nodes that did not see it in time, in words; undefined where all did. */
export function notSeen(sights: ReadonlyMap<NodeName, Sight>): string | undefined {
  const late = [...sights].flatMap(([node, sight]) =>
    sight.kind === 'late' ? [`${node}: ${sight.words}`] : [],
  );
  return late.length === 0 ? undefined : joined(late);
}

function watchNode(watch: Watch, name: NodeName): Promise<Sight> {
  return withDeadline(watch.target.withinMs, async (deadline) => {
    for (;;) {
      const sight = await lookOnce(watch, name);
      const isOver = deadline.expired || watch.signal.aborted;
      if (sight.kind !== 'late' || isOver) return sight;
      await pause(everyMs);
    }
  });
}

/** `late`: it does not see it yet. */
async function lookOnce({ target, options, holds, needed }: Watch, name: NodeName): Promise<Sight> {
  const look = await lookOrWhy(oneBackendNode(target, name, options));
  const at = options.mono();
  if (typeof look === 'string') {
    return needed.includes(name)
      ? { kind: 'late', words: lateWords(target, look) }
      : { kind: 'skipped', words: look };
  }
  if (holds(seenOn(target, look))) return { kind: 'seen', worker: look.worker, at };
  return { kind: 'late', words: lateWords(target, look) };
}

async function lookOrWhy(node: OneBackendNode<ByHealthTarget>): Promise<BackendLook | string> {
  return lookAtBackend(node).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
}

/** How a node sees each server's application. */
export function seenOn(target: ByHealthTarget, look: BackendLook): ReadonlyMap<string, SeenSwitch> {
  const servers = sides.flatMap((side) => serversOf(look, target, side));
  return new Map(servers.map((server) => [server.name, seenSwitch(server, new Map())]));
}

function lateWords(target: ByHealthTarget, look: BackendLook | string): string {
  const after = `after ${Math.round(target.withinMs / 1000)} s`;
  if (typeof look === 'string') return `${after} ${look}`;
  const servers = sides.flatMap((side) => serversOf(look, target, side));
  return `${after} it has ${servers.map(({ name, status }) => `${name} ${status}`).join(', ')}`;
}
