import { startApplication } from './application.ts';
import type { ApplicationSpec } from './services.ts';

/** What the process tells its parent: every application with its port. */
export type Started = readonly (ApplicationSpec & { readonly port: number })[];

// The parent ends it by a signal; should the parent be gone without one, the channel's end says so.
process.once('disconnect', () => process.exit(0));
// The terminal's Ctrl-C goes to everybody; the parent decides the order.
process.on('SIGINT', () => {});

// Its parent says as JSON which ones.
const specs = JSON.parse(process.argv[2] ?? '[]') as readonly ApplicationSpec[];
const started: Started = await Promise.all(
  specs.map(async (spec) => ({ ...spec, port: await startApplication(spec) })),
);
process.send?.(started);
