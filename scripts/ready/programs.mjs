import { isAtLeast } from './node-version.mjs';
import { essence, NotReady, run, say } from './say.mjs';

/** Debian keeps haproxy where only root's PATH looks. */
const env = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin` };
const leastHaproxy = '2.4';

/** A HAProxy that is new enough; installed by apt-get where this user may do that. */
export function ensureHaproxy() {
  const found = haproxyVersion() ?? installed('haproxy', haproxyVersion);
  if (isAtLeast(found, leastHaproxy)) return;
  throw new NotReady(
    `HAProxy ${leastHaproxy} or newer is needed; the \`haproxy\` found first is ${found}. Put a newer one first in PATH.`,
  );
}

/** A browser for the page's tests. */
export function ensureChromium() {
  if (process.env.CHROMIUM) {
    if (answers(process.env.CHROMIUM)) return;
    throw new NotReady(`CHROMIUM names ${process.env.CHROMIUM}, which cannot be started.`);
  }
  const any = () =>
    ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].find(answers);
  any() ?? installed('chromium', any);
}

function haproxyVersion() {
  const { status, output } = run('haproxy', ['-v'], { env });
  return status === 0 ? /version (\d+\.\d+(\.\d+)?)/.exec(output)?.[1] : undefined;
}

function answers(program) {
  return run(program, ['--version'], { env }).status === 0;
}

/** Installs a Debian package and returns what `find` says afterwards. */
function installed(name, find) {
  const command = `apt-get update && apt-get install -y --no-install-recommends ${name}`;
  if (process.getuid?.() !== 0 || run('apt-get', ['--version']).status === null) {
    throw new NotReady(
      `${name} is not installed, and only root can install it with apt-get: run \`${command}\` as root (or your system's own command), then run this again.`,
    );
  }
  say(`· Installing ${name} (${command}) ...`);
  const apt = run('sh', ['-c', command], { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } });
  const found = find();
  if (found !== undefined) return found;
  throw new NotReady(`${name} could not be installed. apt-get said:\n${essence(apt.output)}`);
}
