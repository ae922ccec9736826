import { type Side, sides } from '../../src/release/vocabulary.ts';

/** A service of the demo: what its map key, its backends and its host are called. */
export interface DemoService {
  readonly name: string;
  /** Requests with this Host header belong to it. */
  readonly host: string;
  /** How many applications stand on each side. */
  readonly servers: number;
}

export const demoServices: readonly DemoService[] = [
  { name: 'checkout', host: 'checkout.example', servers: 2 },
  { name: 'search', host: 'search.example', servers: 2 },
];

/** The map's text at the start: every service on blue. */
export const startingMap = [
  '# service  backend that has its traffic',
  ...demoServices.map(({ name }) => `${name} ${backendOf(name, 'blue')}`),
  '',
].join('\n');

export function backendOf(service: string, side: Side): string {
  return `${service}_${side}`;
}

/** One application to be started. */
export interface ApplicationSpec {
  readonly service: string;
  readonly side: Side;
  /** The server's name in haproxy.cfg, e.g. `b1`. */
  readonly server: string;
  /** Begins with its own switch off; absent: on. */
  readonly off?: boolean;
  /** Does not run until it is deployed to; absent: runs. */
  readonly stopped?: boolean;
}

export const applicationSpecs: readonly ApplicationSpec[] = demoServices.flatMap(
  ({ name, servers }) =>
    sides.flatMap((side) =>
      Array.from({ length: servers }, (_, i) => ({
        service: name,
        side,
        server: `${side.slice(0, 1)}${i + 1}`,
      })),
    ),
);
