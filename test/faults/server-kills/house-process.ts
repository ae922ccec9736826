// A process of its own that plays one path of single servers, so that it can be killed in the middle.
// Argument: one order as JSON; the failpoint comes from the environment.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failpointFrom } from '../../../src/config/failpoint.ts';
import { openShop, playServers, type ServerOrder } from './server-paths.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as ServerOrder;
const bench = openShop(order, failpointFrom(process.env));
await playServers(bench, order, (file) => writeFileSync(join(order.folder, file), ''));
await bench.close();
