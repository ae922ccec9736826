import type { Command } from '../../../src/commands/command.ts';
import type { Bench } from '../../engine/bench.ts';

/** Asks for what the path needs. Throws where it is not done: then the path cannot be played. */
export async function done(bench: Bench, user: string, command: Command): Promise<void> {
  const reply = await bench.ask(user, command);
  if (reply.kind === 'done') return;
  const words = 'text' in reply ? `: ${reply.text}` : '';
  throw new Error(`The path cannot be played: ${command.kind} was answered ${reply.kind}${words}`);
}
