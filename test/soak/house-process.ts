// The house below Slack as a process of its own, asked over IPC, until it is killed or the channel closes.
// Argument: {folder, targets} as JSON. Run with --expose-gc.
import type { Command } from '../../src/commands/command.ts';
import type { MapNodeTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { Bench } from '../engine/bench.ts';
import { soakConfig } from './services.ts';

export type Question =
  | { readonly id: number; readonly kind: 'ask'; readonly user: string; readonly command: Command }
  | { readonly id: number; readonly kind: 'open' }
  | { readonly id: number; readonly kind: 'heap' };

const order = JSON.parse(process.argv[2] ?? '{}') as {
  readonly folder: string;
  readonly targets: readonly MapNodeTarget[];
};
const bench = new Bench(soakConfig(order.targets), { folder: order.folder });
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
      return bench.store.openReleases().map(({ id, service, state, goingBack, settling }) => ({
        id,
        service,
        state,
        turning: goingBack !== undefined || settling !== undefined,
      }));
    case 'heap':
      bench.shown.length = 0;
      bench.complaints.length = 0;
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
  }
}
