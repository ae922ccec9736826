import type { Logger, LogLevel } from '@slack/bolt';
import type { Logger as PinoLogger } from 'pino';

/**
 * Bolt's logger over pino. Debug lines hold whole payloads, response_url and trigger_id included: they are dropped
 * whatever the level is.
 */
export function boltLogger(log: PinoLogger): Logger {
  return {
    debug: () => undefined,
    info: (...said: unknown[]) => log.info(lineOf(said)),
    warn: (...said: unknown[]) => log.warn(lineOf(said)),
    error: (...said: unknown[]) => log.error(lineOf(said)),
    setLevel: () => undefined,
    getLevel: () => 'info' as LogLevel,
    setName: () => undefined,
  };
}

/**
 * The same for what tells in raw words what is told in a sentence already: the Socket Mode client, whose every failure
 * its line reports.
 */
export function quietBoltLogger(log: PinoLogger): Logger {
  const quiet = (...said: unknown[]) => log.debug(lineOf(said));
  return { ...boltLogger(log), info: quiet, warn: quiet, error: quiet };
}

function lineOf(said: readonly unknown[]): string {
  return said
    .map((part) => (part instanceof Error ? part.message : String(part)))
    .join(' ')
    .replace(/\b(xox[a-z]|xapp)-[A-Za-z0-9-]+/g, '$1-…')
    .slice(0, 1_000);
}
