// Stands for ssh in the demo: `ssh deploy@web1 sudo systemctl restart checkout@2.0.0` starts this version of the small
// application behind that server. A version that ends in -broken starts on the first server and on no other.
const server = process.argv[2]?.replace(/^.*@/, '') ?? '';
const version = process.argv.at(-1)?.replace(/^.*@/, '') ?? '';
if (version.endsWith('-broken') && !server.endsWith('1')) {
  console.error(
    `Job for checkout-${version}.service failed because the control process exited with error code.`,
  );
  process.exit(1);
}
const query = new URLSearchParams({ server, version });
const { ok } = await fetch(`http://127.0.0.1:${process.env.DEMO_CONTROL}/up?${query}`, {
  method: 'POST',
});
process.exitCode = ok ? 0 : 1;
