import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ZoneCookieTarget } from '../../src/haproxy/routes/sessions/zone-cookie/zone-cookie-target.ts';
import { aFleet, type FleetBuilder, type TestFleet } from './haproxy.ts';
import { twoBackends } from './two-backends.ts';

const example = join(import.meta.dirname, '../../examples/sessions-zone-cookie');

/** A fleet whose frontend is the one of the example, with a map whose zone key says that cookies do not count. */
export function aZoneFleet(): FleetBuilder {
  const cfg = readFileSync(join(example, 'haproxy.cfg'), 'utf8');
  const [, lines = ''] = /^frontend www\n {4}bind :80\n(.*?)^backend /ms.exec(cfg) ?? [];
  return aFleet()
    .withMap('active backend_blue\nactive.zone off\n')
    .withFrontend(lines.replaceAll('/etc/haproxy/maps/bluegreen.map', '{map}').trim());
}

/** The target of route `sessions` by `zone_cookie` over such a fleet. */
export function zoneTarget(fleet: TestFleet, idleMs = 1_800_000): ZoneCookieTarget {
  return {
    kind: 'sessions',
    by: 'zone_cookie',
    keys: ['active'],
    zoneKey: 'active.zone',
    ...twoBackends,
    nodes: fleet.nodes.map(({ target }) => target),
    traits: { disk: 'at_acceptance', sessionsStayMs: idleMs, askFor: '/?zone={side}' },
  };
}

export interface Visit {
  readonly side: string | undefined;
  /** The zone of the cookie that came with the answer. */
  readonly cookie: string | undefined;
}

/** One request of a user, on a connection of its own, with the cookie the user has. */
export async function visit(frontend: string, cookie?: string, path = '/release'): Promise<Visit> {
  const response = await fetch(new URL(path, frontend), {
    headers: {
      connection: 'close',
      ...(cookie === undefined ? {} : { cookie: `other=1; PMZONE=${cookie}` }),
    },
  });
  const body = await response.text();
  const set = response.headers.get('set-cookie') ?? '';
  return {
    side: /^version=(\w+)/.exec(body)?.[1],
    cookie: /^PMZONE=(\w+); Path=\/; HttpOnly; SameSite=Lax$/.exec(set)?.[1],
  };
}
