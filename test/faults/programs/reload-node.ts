import { ask } from '../../support/ask.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Reloads one node and ends when its new worker answers: for a test that itself must stand still meanwhile. */
const [runtime = '', master = ''] = process.argv.slice(2);

async function workerPid(): Promise<string | undefined> {
  return /^Pid: (\d+)$/m.exec(await ask(runtime, 'show info'))?.[1];
}

const old = await waitUntil(workerPid);
await waitUntil(() => ask(master, 'show proc', { halfClose: true }), { what: 'the master' });
await ask(master, 'reload', { halfClose: true });
await waitUntil(async () => ![old, undefined].includes(await workerPid()), {
  what: 'the new worker',
});
