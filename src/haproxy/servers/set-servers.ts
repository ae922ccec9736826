import type { EffectGate, WriteResult } from '../../engine/ports.ts';
import type { ServerSetting } from '../../release/plan.ts';
import type { Worker } from '../../release/reading.ts';
import type { BackendName } from '../../release/vocabulary.ts';
import { type CommandLine, inOneLine, setServerState, showInfo } from '../command-line.ts';
import { UnsafeArgument } from '../errors.ts';
import { resultOfFailure, resultOfWrite } from '../write-reply.ts';
import type { ServersNode } from './servers-node.ts';

/** One server and the state it shall have. */
export type Setting = ServerSetting;

/** All settings on one line, in this order, and who took them. Throws UnsafeArgument. */
export function settingLine(backend: BackendName, settings: readonly ServerSetting[]): CommandLine {
  return inOneLine(
    ...settings.map(({ server, state }) => setServerState(backend, server, state)),
    showInfo(),
  );
}

/** Says the settings on a fresh connection. Never rejects. */
export async function setServers(
  { api, backend, mono }: ServersNode,
  settings: readonly ServerSetting[],
  expected: Worker,
  gate: EffectGate,
): Promise<WriteResult> {
  try {
    const line = settingLine(backend, settings);
    const reply = await api.write(line, gate);
    return resultOfWrite(reply, { line, expected, answeredAt: mono(), writes: settings.length });
  } catch (error) {
    if (error instanceof UnsafeArgument) return { kind: 'refused', why: error.message };
    return resultOfFailure(error);
  }
}
