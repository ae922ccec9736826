// Everything below Slack as a process of its own, asked over IPC, until it is killed or the channel closes.
// Argument: an EngineOrder as JSON; a failpoint comes from the environment. The heap needs --expose-gc.
import type { Command } from '../../../src/commands/command.ts';
import { failpointFrom } from '../../../src/config/failpoint.ts';
import { Bench } from '../../engine/bench.ts';
import { configOf, type EngineOrder } from './order.ts';

export type Question =
  | { readonly id: number; readonly kind: 'ask'; readonly user: string; readonly command: Command }
  | { readonly id: number; readonly kind: 'open' }
  | { readonly id: number; readonly kind: 'heap' };

const order = JSON.parse(process.argv[2] ?? '{}') as EngineOrder;
const failpoint = failpointFrom(process.env);
const bench = new Bench(configOf(order), {
  folder: order.folder,
  ...(failpoint === undefined ? {} : { failpoint }),
});
bench.watch.start();

process.on('message', (question: Question) => {
  void answer(question).then((answered) => process.send?.({ id: question.id, answered }));
});
process.on('disconnect', () => void bench.close());

async function answer(question: Question): Promise<unknown> {
  switch (question.kind) {
    case 'ask':
      return bench.ask(question.user, question.command);
    case 'open':
      return bench.store.openReleases();
    case 'heap':
      bench.shown.length = 0;
      bench.complaints.length = 0;
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
  }
}
