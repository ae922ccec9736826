/** One safety check switched off by changing its text. */
export interface Mutant {
  /** What is no longer done. */
  readonly check: string;
  /** From the repository's root. */
  readonly file: string;
  readonly edits: readonly Edit[];
  /** Test files that are run against it. */
  readonly tests: readonly string[];
  /** Pattern of the names of the tests that are run, where a file has many slow ones; all of them. */
  readonly only?: string;
}

/** `find` stands in the file exactly once. */
export interface Edit {
  readonly find: string;
  readonly replace: string;
}

/** The changed text. Throws where an edit no longer applies: then the mutant has to follow the code. */
export function mutate(text: string, { check, file, edits }: Mutant): string {
  return edits.reduce((now, { find, replace }) => {
    const parts = now.split(find);
    if (parts.length !== 2) {
      throw new Error(
        `The mutant "${check}" does not apply to ${file}: "${find}" stands there ${parts.length - 1} times, not once.`,
      );
    }
    return parts.join(replace);
  }, text);
}
