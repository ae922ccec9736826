/** Several sentences as parts of one: without their own full stops, separated by semicolons. */
export function joined(sentences: readonly string[]): string {
  return sentences.map((sentence) => sentence.replace(/\.+$/, '')).join('; ');
}
