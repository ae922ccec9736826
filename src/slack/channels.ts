import type { Config } from '../config/config.ts';
import type { ServiceName } from '../release/vocabulary.ts';

/** A service's own channel, or the one for all. */
export function channelFor(
  config: Pick<Config, 'slack' | 'services'>,
  service: ServiceName | undefined,
): string {
  const own = service === undefined ? undefined : config.services.get(service)?.channel;
  return own ?? config.slack.channel;
}

/** How many nodes a service has; 0 where the configuration does not know it. */
export function nodesOf(
  { services, fleets }: Pick<Config, 'services' | 'fleets'>,
  name: ServiceName | undefined,
): number {
  const service = name === undefined ? undefined : services.get(name);
  return service === undefined ? 0 : (fleets.get(service.fleet)?.nodes.length ?? 0);
}
