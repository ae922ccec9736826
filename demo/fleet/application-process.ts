import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Application } from './application.ts';
import type { ApplicationSpec } from './services.ts';

/** What the process tells its parent. */
export interface Started {
  readonly all: StartedApplications;
  /** POST `/up?side=green&version=2`, `/up?server=b1&version=2` and `/stop?side=blue` on this port of the loopback. */
  readonly control: number;
}

/** Every application with its port. */
export type StartedApplications = readonly (ApplicationSpec & { readonly port: number })[];

// The parent ends it by a signal; should the parent be gone without one, the channel's end says so.
process.once('disconnect', () => process.exit(0));
// The terminal's Ctrl-C goes to everybody; the parent decides the order.
process.on('SIGINT', () => {});

// Its parent says as JSON which ones.
const specs = JSON.parse(process.argv[2] ?? '[]') as readonly ApplicationSpec[];
const applications = await Promise.all(specs.map((spec) => Application.start(spec)));

/** Deploys to a side or a server, or stops it. */
async function control(action: string, name: string, version: string): Promise<void> {
  const own = applications.filter(({ spec }) => spec.side === name || spec.server === name);
  if (own.length === 0) throw new Error(`There is no ${name}.`);
  await Promise.all(own.map((one) => (action === '/up' ? one.up(version) : one.stop())));
}

const door = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://control');
  const name = searchParams.get('side') ?? searchParams.get('server') ?? '';
  control(pathname, name, searchParams.get('version') ?? '').then(
    () => response.end(),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));

const started: Started = {
  all: applications.map(({ spec, port }) => ({ ...spec, port })),
  control: (door.address() as AddressInfo).port,
};
process.send?.(started);
