// Loaded before the program (`--import`): how long its event loop was held, its memory and its CPU time go as JSON to
// the file that BENCH_REPORT names, twice a second and at its end.
import { readFileSync, writeFileSync } from 'node:fs';
import { Server } from 'node:net';
import { performance } from 'node:perf_hooks';

const report = process.env.BENCH_REPORT;
delete process.env.BENCH_REPORT;
const everyMs = 5;

/** CPU time of this thread alone, in milliseconds: what a loaded machine does not lengthen. */
const ownCpuMs = () =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;

let last = { wall: performance.now(), cpu: ownCpuMs() };
/** Once the program listens: before that nobody waits for it. */
let started = false;
const { listen } = Server.prototype;
Server.prototype.listen = function (...words) {
  setImmediate(() => {
    last = { wall: performance.now(), cpu: ownCpuMs() };
    started = true;
  });
  return listen.apply(this, words);
};
const most = { wallMs: 0, cpuMs: 0, atMs: 0 };

function tick() {
  const now = { wall: performance.now(), cpu: ownCpuMs() };
  const cpuMs = now.cpu - last.cpu;
  if (started && cpuMs > most.cpuMs) Object.assign(most, { cpuMs, atMs: now.wall });
  if (started) most.wallMs = Math.max(most.wallMs, now.wall - last.wall - everyMs);
  last = now;
  setTimeout(tick, everyMs).unref();
}

function write() {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  const { user, system } = process.cpuUsage();
  const found = { hold: most, peakMb: Number(peak) / 1024, cpuS: (user + system) / 1e6 };
  writeFileSync(report, JSON.stringify(found));
}

if (report !== undefined) {
  setTimeout(tick, 0).unref();
  setInterval(write, 500).unref();
  process.on('exit', write);
}
