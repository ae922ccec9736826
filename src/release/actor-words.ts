const programs: Readonly<Record<string, string>> = {
  smoke: 'the smoke test',
  bake: 'the bake',
  preflight: 'the checks before the switch',
  verify: 'the reading back',
  hook: 'a hook',
  'drift-watch': 'the drift watch',
  expiry: 'the deadline',
  'acceptance-expired': 'the deadline',
  reminder: 'the reminder',
  recovery: 'recovery',
  adopt: 'the first reading',
};

/** Who acted, for people: a program's part by its name, anybody else by their id. */
export function actorWords(actor: string): string {
  const part = /^system:(.+)$/.exec(actor)?.[1];
  return part === undefined ? actor : (programs[part] ?? 'Pointsman');
}

const namedProgram = /@(system:[a-z-]+)/g;

/** A sentence of the program with the names of its parts. */
export function withActors(sentence: string): string {
  return sentence.replace(namedProgram, (_, actor: string) => actorWords(actor));
}
