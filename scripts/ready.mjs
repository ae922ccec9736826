// Makes a checkout ready for what is asked, with nothing but Node: `node scripts/ready.mjs demo|test|check`.
// Runs before anything is installed, so it imports only Node's own modules and its neighbours.
import { ensureBuild } from './ready/build.mjs';
import { ensureNode } from './ready/node-version.mjs';
import { ensurePackages } from './ready/packages.mjs';
import { ensureChromium, ensureHaproxy } from './ready/programs.mjs';
import { NotReady, say } from './ready/say.mjs';

const steps = {
  check: [ensurePackages],
  demo: [ensurePackages, ensureBuild, ensureHaproxy],
  test: [ensurePackages, ensureBuild, ensureHaproxy, ensureChromium],
};

const asked = process.argv[2] ?? '';
try {
  ensureNode();
  if (!Object.hasOwn(steps, asked)) {
    throw new NotReady(
      `"${asked}" is nothing to get ready for: say one of ${Object.keys(steps).join(', ')}.`,
    );
  }
  for (const step of steps[asked]) await step();
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  say(error.message);
  process.exitCode = 1;
}
