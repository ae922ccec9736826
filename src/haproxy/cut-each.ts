import type { ActResult } from '../engine/ports.ts';
import type { CommandLine } from './command-line.ts';
import { parseDone } from './replies/done.ts';
import { resultOfFailure } from './write-reply.ts';

/** Sends lines that cut sessions, one after the other, up to the first that was not taken. Never rejects. */
export async function cutEach(
  commands: readonly CommandLine[],
  send: (command: CommandLine) => Promise<string>,
  isGone: (words: string) => boolean = () => false,
): Promise<ActResult> {
  for (const command of commands) {
    const result = await cut(command, send, isGone);
    if (result.kind !== 'accepted') return result;
  }
  return { kind: 'accepted' };
}

async function cut(
  command: CommandLine,
  send: (command: CommandLine) => Promise<string>,
  isGone: (words: string) => boolean,
): Promise<ActResult> {
  try {
    const done = parseDone(await send(command));
    if (done.kind === 'accepted' || isGone(done.words)) return { kind: 'accepted' };
    return { kind: 'refused', why: `HAProxy answered "${done.words}" to "${command}"` };
  } catch (error) {
    return resultOfFailure(error);
  }
}
