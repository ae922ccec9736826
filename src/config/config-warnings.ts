import type { Config } from './config.ts';
import { hostWarnings } from './host-warnings.ts';
import { sameBackends } from './same-backends.ts';

/** What is right and yet will hurt, a sentence each: `check` prints them, and `start` logs them. */
export function configWarnings(config: Config): readonly string[] {
  return [...hostWarnings(config), ...sameBackends(config)];
}
