const hidden = '(hidden)';

// Colours and cursor movements (ECMA-48): the whole sequence goes, not its first character only.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
/** Controls, bidirectional and zero-width characters, half characters: nothing may move or hide the text around it. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
const tokens = /xox[a-z][-.][^\s"']*|xapp-[^\s"']*|-----BEGIN .*/gi;
const credentials = /(:\/\/)[^/\s"@]*:[^/\s"@]*@/g;

/** One line of a hook's output as it may stand in a message and in the journal. `secrets`: values that are never shown. */
export function cleanLine(text: string, secrets: readonly string[]): string {
  const visible = text.replace(escapes, '').replaceAll('\t', '  ').replace(invisible, '');
  const own = secrets.reduce((line, secret) => line.replaceAll(secret, hidden), visible);
  return own.replace(tokens, hidden).replace(credentials, `$1${hidden}@`).trimEnd();
}

/** The values among these variables that look like secrets, by their name. */
export function secretsOf(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables)
    .filter(([name]) => /token|secret|passw|credential|api_?key|private|auth/i.test(name))
    .map(([, value]) => value)
    .filter((value) => value.length >= 6);
}
