import { readFileSync } from 'node:fs';

type Variables = Readonly<Record<string, string | undefined>>;

const names = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'] as const;
/** A token has some eighty characters. */
const longest = 4_096;

/**
 * The variables with each secret that `<name>_FILE` names read from its file, as systemd's LoadCredential and Docker's
 * secrets give them: what stands in no environment cannot be read in one, a parent's neither.
 */
export function withSecretFiles(variables: Variables): {
  readonly variables: Variables;
  /** One sentence per problem; never with a value. */
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const read = names.flatMap((name) => {
    const path = variables[`${name}_FILE`]?.trim() ?? '';
    if (path === '') return [];
    if ((variables[name] ?? '').trim() !== '') {
      problems.push(`${name}: expected it or ${name}_FILE, found both`);
      return [];
    }
    const secret = secretIn(path);
    if (typeof secret === 'string') return [[name, secret] as const];
    problems.push(`${name}_FILE: expected a file with the secret, ${secret.problem}`);
    return [];
  });
  return { variables: { ...variables, ...Object.fromEntries(read) }, problems };
}

function secretIn(path: string): string | { readonly problem: string } {
  try {
    const text = readFileSync(path, 'utf8').slice(0, longest).trim();
    return text === '' ? { problem: `found nothing in ${path}` } : text;
  } catch (error) {
    const { code = 'no reason given' } = error as NodeJS.ErrnoException;
    return { problem: `found ${code} at ${path}` };
  }
}
