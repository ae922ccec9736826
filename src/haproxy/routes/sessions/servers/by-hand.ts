import { otherSide, type Side } from '../../../../release/vocabulary.ts';
import { inOneLine, setServerState, showStat } from '../../../command-line.ts';
import { socatAddress } from '../../../runtime-address.ts';
import type { OneBackendNode } from '../one-backend/one-backend-node.ts';

/** The lines a person types to move one node's new users, and to see that they moved. */
export function byHand({ at, backend, target }: OneBackendNode, side: Side): readonly string[] {
  const socat = `socat stdio ${socatAddress(at.runtime)}`;
  const { servers, sides } = target;
  const other = otherSide(side);
  const line = inOneLine(
    ...servers[side].map((server) => setServerState(backend, server, 'ready')),
    ...servers[other].map((server) => setServerState(backend, server, 'drain')),
  );
  return [
    `echo "${line}" | ${socat}`,
    `echo "${showStat(backend)}" | ${socat} | cut -d, -f2,18   # ${sides[side]}: UP; ${sides[other]}: DRAIN`,
  ];
}
