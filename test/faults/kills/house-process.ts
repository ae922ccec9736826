// A process of its own that plays one path, so that it can be killed in the middle.
// Argument: one order as JSON; the failpoint comes from the environment.
import { failpointFrom } from '../../../src/config/failpoint.ts';
import { type Order, openBench, play } from './paths.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const bench = openBench(order, failpointFrom(process.env));
await play(bench, order);
await bench.close();
