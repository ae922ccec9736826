import { fileURLToPath } from 'node:url';
import type { Side } from '../../../release/vocabulary.ts';
import { fileMark } from '../../config-file/check-config.ts';
import { socatAddress } from '../../runtime-address.ts';
import { type ConfigNode, lineWords } from './config-node.ts';

/** The lines a person types, on the node's host, to move it: file and worker go together on this route. */
export function byHand({ at, target }: ConfigNode, side: Side): readonly string[] {
  const path = fileURLToPath(at.configFile);
  const check = at.check.map((word) => word.replaceAll(fileMark, path)).join(' ');
  const socat = `socat stdio ${socatAddress(at.master)}`;
  return [
    `$EDITOR ${path}   # on ${at.node}: ${lineWords(target)}: ${target.sides[side]}`,
    `${check} && sleep 1 && echo "reload" | ${socat}`,
    `echo "show proc" | ${socat}   # on the master's line: [failed: 0]`,
    `echo "show info" | socat stdio ${socatAddress(at.runtime)} | grep -E '^(Pid|Start_time_sec)'   # another Pid, started after the change`,
  ];
}
