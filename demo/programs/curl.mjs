// Stands for curl in the demo, which shall need nothing that a machine may not have: `curl [--request POST] ... <address>`.
const address = process.argv.at(-1);
const answer = await fetch(address, { method: process.argv.includes('POST') ? 'POST' : 'GET' });
process.stdout.write(await answer.text());
process.exitCode = answer.ok ? 0 : 22;
