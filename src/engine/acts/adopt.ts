import type { Service } from '../../config/config.ts';
import { sideTarget } from '../../config/route-target.ts';
import { digestOf } from '../../release/digest.ts';
import { joined } from '../../release/joined.ts';
import { makePlan } from '../../release/make-plan.ts';
import { fitted } from '../../release/plan-size.ts';
import { silentWords } from '../../release/silent-words.ts';
import { placesWords } from '../../release/target.ts';
import { otherSide, type Side } from '../../release/vocabulary.ts';
import type { Engine } from '../engine.ts';
import { observedOf, readFleet } from '../fleet.ts';
import { type Answer, answerTo, type By, refuse } from './answer.ts';
import { lockRefusal } from './ask-release.ts';

export interface AdoptAsk {
  readonly side: Side;
  readonly because: string;
  /** `kept`: another hand's values are left alone, and nothing moves to a side without servers. */
  readonly foreign?: 'kept';
}

/** An operator names the side a fleet shall have: memory and disk of every node are made alike, as a release of its own. */
export async function adopt(
  engine: Engine,
  service: Service,
  { side, because, foreign }: AdoptAsk,
  by: By,
): Promise<Answer> {
  const { deps } = engine;
  const target = sideTarget(service);
  const readings = await readFleet(deps.route(target), target);
  const silent = readings.filter((reading) => reading.kind === 'unreachable');
  if (silent.length > 0) {
    return refuse(
      `Refused: ${joined(silent.map(({ node, why }) => silentWords(node, why)))}. A side is adopted on the whole fleet or not at all.`,
    );
  }
  const open = engine.openRelease(service.name);
  if (open !== undefined) return refuse(lockRefusal(open));
  const reached = readings.filter((reading) => reading.kind === 'reached');
  const whole = makePlan(
    {
      kind: 'adopt',
      from: otherSide(side),
      to: side,
      ...(foreign === undefined ? {} : { foreign }),
      target,
      observed: reached.map(observedOf),
    },
    service,
  );
  const plan = fitted(whole);
  const number = deps.journal.service(service.name).lastNumber + 1;
  const id = `${service.name}-${number}`;
  const common = {
    actor: by.actor,
    release: id,
    service: service.name,
    planDigest: digestOf(plan),
  };
  const appended = deps.journal.append(
    [
      { ...common, origin: by.origin, what: { kind: 'requested', number, plan, reason: because } },
      { ...common, what: { kind: 'accepted' } },
    ],
    by.origin.request,
  );
  if (appended.kind === 'appended') engine.launch(id);
  return answerTo(
    appended,
    `${id}: ${service.name} is being made ${side} on every node, ${placesWords(target)}.`,
    id,
  );
}
