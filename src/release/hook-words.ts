import { type HookFacts, hookCommand } from './hook-run.ts';
import type { HookPlan } from './plan.ts';

const names = {
  POINTSMAN_HOOK: 'point',
  POINTSMAN_SERVICE: 'service',
  POINTSMAN_RELEASE: 'release',
  POINTSMAN_SIDE: 'side',
  POINTSMAN_OTHER_SIDE: 'otherSide',
  POINTSMAN_VERSION: 'version',
  POINTSMAN_SERVER: 'server',
} as const satisfies Readonly<Record<string, keyof HookFacts>>;

/** The facts as environment variables; what is not known is not set. */
export function factVariables(facts: HookFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, key]) => {
      const value = facts[key];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The facts as the JSON body of a call: `{ "hook": "deploy", "service": ..., "other_side": ... }`. */
export function factBody(facts: HookFacts): string {
  const entries = Object.entries(factVariables(facts)).map(([name, value]) => [
    name.replace('POINTSMAN_', '').toLowerCase(),
    value,
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

const places = /\{(side|other_side|version|server|service|release)\}/g;
const factOf = {
  side: 'side',
  other_side: 'otherSide',
  version: 'version',
  server: 'server',
  service: 'service',
  release: 'release',
} as const satisfies Readonly<Record<string, keyof HookFacts>>;

/** The arguments with `{side}`, `{version}` and the like filled in, or the word that this release does not know. */
export function filled(
  argv: readonly string[],
  facts: HookFacts,
): { readonly argv: readonly string[] } | { readonly missing: string } {
  let missing: string | undefined;
  const out = argv.map((argument) =>
    argument.replace(places, (place, word: keyof typeof factOf) => {
      const value = facts[factOf[word]];
      if (value === undefined) missing ??= place;
      return value ?? '';
    }),
  );
  return missing === undefined ? { argv: out } : { missing };
}

/** What a hook runs or calls for these facts, in words: `docker compose up -d green`. What is not known stays out. */
export function hookCommandFor(hook: HookPlan, facts: HookFacts): string {
  if (hook.kind === 'post') return hookCommand(hook);
  return hook.argv
    .map((word) =>
      word.replace(places, (_, name: keyof typeof factOf) => facts[factOf[name]] ?? '…'),
    )
    .join(' ');
}

/** The line with which a person runs a hook by hand, in a shell on the bot's machine. */
export function hookByHand(hook: HookPlan, facts: HookFacts): string {
  if (hook.kind === 'post') {
    const type = "-H 'content-type: application/json'";
    return `curl -X POST ${type} -d ${quoted(factBody(facts))} ${quoted(hook.url)}`;
  }
  const variables = Object.entries(factVariables(facts)).map(
    ([name, value]) => `${name}=${quoted(value)}`,
  );
  const words = filled(hook.argv, facts);
  return [...variables, ...('argv' in words ? words.argv : hook.argv).map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
