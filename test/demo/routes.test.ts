import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Endings } from '../../demo/endings.ts';
import { DemoFleet } from '../../demo/fleet/fleet.ts';
import { brisk } from '../../demo/pace.ts';
import { demoRoutes } from '../../demo/routes/all.ts';
import { type RouteName, routeNames } from '../../demo/routes/names.ts';
import { request } from '../../demo/traffic/fresh-load.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { routeSettings } from '../../src/haproxy/routes/all.ts';

let folder: string;
let endings: Endings;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pm-demo-'));
  endings = new Endings();
  endings.add(folder, () => rmSync(folder, { recursive: true, force: true }));
});
afterEach(async () => {
  await endings.end();
});

/** What every node of a route's demo holds before anything was asked for. */
const atTheStart: Readonly<Record<RouteName, string>> = {
  map: 'blue / blue',
  deploy: 'blue / blue',
  servers: 'web1 UP, web2 UP, web3 UP / -',
  config: 'blue / blue',
  sessions: 'blue UP, green MAINT / -',
  'sessions-zone': 'blue, zone off / blue, zone off',
  'sessions-health': 'blue UP, green NOLB / -',
};

test.each(routeNames)(
  'the set-up of --route %s serves, and its configuration loads',
  async (name) => {
    const route = demoRoutes[name];
    const fleet = await DemoFleet.start(folder, 1, route, endings);

    const [node] = fleet.nodes;
    const { body } = await request(`${node?.frontend}/release`, route.hosts[0] ?? '');
    const [held] = await fleet.holds(route.service);
    const { nodes, applications } = fleet;
    const parts = { database: './p.db', channel: 'C0RELEASES', nodes, pace: brisk, folder };
    const text = route.config({ ...parts, applications: applications.all });

    expect(body).toMatch(/^version=blue /);
    expect(`${held?.memory} / ${held?.disk}`).toBe(atTheStart[name]);
    expect(parseConfig(text, routeSettings, folder)).toMatchObject({ kind: 'config' });
  },
);
