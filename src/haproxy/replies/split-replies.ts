/**
 * Takes the replies of a line of several commands apart: the first `count - 1` end at their first empty line, the last
 * one is all that is left. So only the last may hold what others wrote. Undefined where a reply is missing.
 */
export function splitReplies(text: string, count: number): readonly string[] | undefined {
  const replies: string[] = [];
  let rest = text;
  while (replies.length < count - 1) {
    const length = lengthOfFirst(rest);
    if (length === undefined) return undefined;
    replies.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return rest === '' ? undefined : [...replies, rest];
}

function lengthOfFirst(text: string): number | undefined {
  if (text.startsWith('\n')) return 1;
  const end = text.indexOf('\n\n');
  return end < 0 ? undefined : end + 2;
}
