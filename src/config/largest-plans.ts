import { makePlan } from '../release/make-plan.ts';
import type { Observed, SidePlan } from '../release/plan.ts';
import { inBrief, whyTooLarge } from '../release/plan-size.ts';
import { hasSides, type SideTarget, traitsOf } from '../release/target.ts';
import { longestVersion } from '../release/version.ts';
import type { Side } from '../release/vocabulary.ts';
import type { Config, Service } from './config.ts';

/** One sentence for every service whose largest plan no journal row would hold: better said before the release. */
export function planProblems({ services }: Config): readonly string[] {
  return [...services.values()].flatMap((service) => {
    if (!hasSides(service.target)) return [];
    const why = largestPlans(service, service.target).map(whyTooLarge).find(Boolean);
    return why === undefined
      ? []
      : [
          `services.${service.name}.fleet: expected a fleet that fits a release, found one too large: ${why}`,
        ];
  });
}

/** Forward with every node as it should be, and back with every node silent; with the longest version there can be. */
function largestPlans(service: Service, target: SideTarget): readonly SidePlan[] {
  const plan = (kind: 'forward' | 'rollback', observed: readonly Observed[]) =>
    makePlan(
      {
        kind,
        from: 'green',
        to: 'blue',
        version: '9'.repeat(longestVersion),
        takesBack: `${service.name}-999999999`,
        target,
        observed,
      },
      service,
    );
  const { nodes } = target;
  const keeps = traitsOf(target).disk !== 'none';
  const on = (side: Side) => ({ kind: 'side', side }) as const;
  const silent = { kind: 'unreadable', why: '' } as const;
  return [
    plan(
      'forward',
      nodes.map(({ node }) => ({
        node,
        memory: on('green'),
        disk: keeps ? on('green') : { kind: 'none' },
      })),
    ),
    plan(
      'rollback',
      nodes.map(({ node }) => inBrief({ node, memory: silent, disk: silent })),
    ),
  ];
}
