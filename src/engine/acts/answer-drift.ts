import type { Service } from '../../config/config.ts';
import { sideTarget } from '../../config/route-target.ts';
import type { NodeReading, ReachedNode } from '../../release/reading.ts';
import { canTake } from '../../release/server-fitness.ts';
import { silentWords } from '../../release/silent-words.ts';
import { type SideTarget, traitsOf } from '../../release/target.ts';
import type { Side } from '../../release/vocabulary.ts';
import type { Engine } from '../engine.ts';
import { isOn, readFleet, willStartOn, wordsPerNode } from '../fleet.ts';
import { placesOff } from '../judge-drift.ts';
import { adopt } from './adopt.ts';
import { type Answer, type By, refuse } from './answer.ts';
import { holdRefusal } from './ask-release.ts';
import { rollback } from './rollback.ts';

interface Now {
  readonly target: SideTarget;
  readonly readings: readonly NodeReading[];
  readonly reached: readonly ReachedNode[];
}

/**
 * `Accept <side>` on a drift notice, no release open: only where some node is there this moment. Where a rollback would
 * go, it is that rollback; anywhere else it is an adoption. `whyNot`: what the asker may not do, in words.
 */
export async function acceptDrifted(
  engine: Engine,
  service: Service,
  side: Side,
  by: By,
  whyNot: (deed: 'rollback' | 'adopt') => string | undefined,
): Promise<Answer> {
  const now = await look(engine, service);
  const { switchedTo, wayBack, hold } = engine.deps.journal.service(service.name);
  if (switchedTo === side || !now.readings.some((reading) => isSomewhereOn(reading, side))) {
    return moved(service, now);
  }
  const because = `Accept ${side}`;
  const isBack = wayBack?.to === side;
  const mayNot = whyNot(isBack ? 'rollback' : 'adopt');
  if (mayNot !== undefined) return refuse(mayNot);
  if (isBack) return rollback(engine, service, { because }, by);
  if (hold !== undefined) return refuse(holdRefusal(service.name, hold, anyway(service, side)));
  const dead = deadNodes(now.reached, side);
  if (dead !== undefined) {
    return refuse(
      `Refused: no server of ${now.target.sides[side]} is healthy on ${dead}, so accepting ${side} would answer 503. Start ${side} first, or an operator goes anyway with \`${anyway(service, side)}\`.`,
    );
  }
  return adopt(engine, service, { side, because, foreign: 'kept' }, by);
}

/** `Re-apply` on a drift notice, no release open: the nodes that differ are brought to the side they should have. */
export async function reapplyDrifted(engine: Engine, service: Service, by: By): Promise<Answer> {
  const state = engine.deps.journal.service(service.name);
  const { switchedTo: side } = state;
  if (side === undefined) {
    return refuse(
      `Refused: no side of ${service.name} was ever switched to, so there is nothing to re-apply.`,
    );
  }
  const now = await look(engine, service);
  const facts = { state, open: undefined, traits: traitsOf(now.target) };
  const off = now.reached.filter((reading) => placesOff(reading, facts).length > 0);
  if (off.length === 0) return moved(service, now);
  const dead = deadNodes(off, side);
  if (dead !== undefined) {
    return refuse(
      `Refused: no server of ${now.target.sides[side]} is healthy on ${dead}, so writing ${side} there again would answer 503. Start ${side} first and press again, go back with \`/rollback ${service.name}\`, or an operator writes it anyway with \`${anyway(service, side)}\`.`,
    );
  }
  return adopt(engine, service, { side, because: 'Re-apply', foreign: 'kept' }, by);
}

/** The nodes that answer and have no healthy server of the side; undefined where there are none. */
export async function nodesWithoutServers(
  engine: Engine,
  target: SideTarget,
  side: Side,
): Promise<string | undefined> {
  const now = await lookAt(engine, target);
  return deadNodes(now.reached, side);
}

function look(engine: Engine, service: Service): Promise<Now> {
  return lookAt(engine, sideTarget(service));
}

async function lookAt(engine: Engine, target: SideTarget): Promise<Now> {
  const route = engine.deps.route(target);
  const readings = await readFleet(route, target);
  const reached = readings.filter((reading) => reading.kind === 'reached');
  return { target, readings, reached };
}

function isSomewhereOn(reading: NodeReading, side: Side): boolean {
  if (reading.kind !== 'reached') return false;
  const onDisk = reading.disk.kind === 'side' && reading.disk.side === side;
  return isOn(reading, side) || onDisk;
}

/** Nodes on which nothing of the side could answer; undefined where there are none. */
function deadNodes(readings: readonly ReachedNode[], side: Side): string | undefined {
  const dead = readings.filter(({ sides }) => !canTake(sides[side]));
  return dead.length === 0 ? undefined : dead.map(({ node }) => node).join(', ');
}

/** What the message offers is not there any more. A node that does not answer may still be as it was told. */
function moved({ name }: Service, { readings, reached }: Now): Answer {
  const silent = readings.filter((reading) => reading.kind === 'unreachable');
  const words = `Refused: the world has moved since that message: ${[
    reached.length === 0 ? 'no node answers' : whereTheyAre(reached),
    ...silent.map(({ node, why }) => silentWords(node, why).replace(/\.$/, '')),
  ].join('; ')}. \`/release-status ${name}\` shows where it stands.`;
  return silent.length > 0 ? refuse(words) : { kind: 'refused', text: words, outdated: true };
}

function whereTheyAre(reached: readonly ReachedNode[]): string {
  const held = reached[0]?.memory;
  const isSame =
    held?.kind === 'side' &&
    reached.every((reading) => isOn(reading, held.side) && willStartOn(reading, held.side));
  return isSame ? `every node is on ${held.side}` : wordsPerNode(reached, 'memory');
}

function anyway({ name }: Service, side: Side): string {
  return `/release adopt ${name} ${side} because <reason>`;
}
