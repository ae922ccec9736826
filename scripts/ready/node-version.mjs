import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotReady, root } from './say.mjs';

/** Refuses a Node older than package.json's `engines`. */
export function ensureNode(version = process.versions.node) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const least = engines.node.replace('>=', '');
  if (isAtLeast(version, least)) return;
  throw new NotReady(
    `Pointsman needs Node ${least} or newer; this is ${version}. Install one from https://nodejs.org, then run this again.`,
  );
}

/** Compares dotted versions number by number; what is not there counts as 0. */
export function isAtLeast(version, least) {
  const [have, need] = [version, least].map((text) => text.split('.').map(Number));
  for (let i = 0; i < need.length; i += 1) {
    const difference = (have[i] ?? 0) - need[i];
    if (difference !== 0) return difference > 0;
  }
  return true;
}
