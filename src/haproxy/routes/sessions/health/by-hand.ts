import { otherSide, type Side } from '../../../../release/vocabulary.ts';
import { inOneLine, setServerState, showStat } from '../../../command-line.ts';
import { socatAddress } from '../../../runtime-address.ts';
import type { OneBackendNode } from '../one-backend/one-backend-node.ts';
import type { ByHealthTarget } from './by-health-target.ts';

/** The lines a person types to tell the applications, and to see that a node has seen it. */
export function byHand(
  { at, backend, target }: OneBackendNode<ByHealthTarget>,
  side: Side,
): readonly string[] {
  const socat = `socat stdio ${socatAddress(at.runtime)}`;
  const other = otherSide(side);
  const ready = target.servers[side].map((server) => setServerState(backend, server, 'ready'));
  const look = `echo "${showStat(backend)}" | ${socat} | cut -d, -f2,18`;
  return [
    `echo "${inOneLine(...ready)}" | ${socat}`,
    ...target.applications[side].map(({ enable }) => `curl -fsS -X POST '${enable}'`),
    `${look}   # go on when ${target.sides[side]} are UP on every node`,
    ...target.applications[other].map(({ disable }) => `curl -fsS -X POST '${disable}'`),
    `${look}   # ${target.sides[other]}: NOLB or DOWN`,
  ];
}
