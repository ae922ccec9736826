// Stands for docker in the demo: `docker compose -f F up --detach --no-deps <side>` and `docker compose -f F stop <side>`
// start and stop the small applications of a side. DEMO_CONTROL is where they listen.
const side = process.argv.at(-1);
const isUp = process.argv.includes('up');
const version = process.env.VERSION ?? '';
const query = new URLSearchParams({ side, version });
const address = `http://127.0.0.1:${process.env.DEMO_CONTROL}/${isUp ? 'up' : 'stop'}?${query}`;
const { ok, status } = await fetch(address, { method: 'POST' });
console.log(
  ` Container checkout-${side}-1  ${ok ? (isUp ? 'Started' : 'Stopped') : `failed: ${status}`}`,
);
process.exitCode = ok ? 0 : 1;
