import type { Config } from './config.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What hooks may see of the environment: PATH, and the variables some hook lists. One that holds a secret of the bot
 * under another name is left out. Pure: the record is given by main.
 */
export function hookVariables(
  config: Pick<Config, 'services'>,
  variables: Variables,
): Readonly<Record<string, string>> {
  const listed = [...config.services.values()].flatMap(({ hooks = {} }) =>
    Object.values(hooks).flatMap((hook) => (hook.kind === 'run' ? hook.environment : [])),
  );
  const secrets = Object.entries(variables).flatMap(([name, value]) =>
    /^SLACK_.*(TOKEN|SECRET)$/.test(name) && value ? [value] : [],
  );
  return Object.fromEntries(
    ['PATH', ...listed].flatMap((name) => {
      const value = variables[name];
      const holdsSecret = secrets.some((secret) => value?.includes(secret));
      return value === undefined || holdsSecret ? [] : [[name, value]];
    }),
  );
}
