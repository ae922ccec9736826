/** The names of all backends; undefined where the reply is something else. */
export function parseShowBackend(reply: string): ReadonlySet<string> | undefined {
  const [header, ...names] = reply.trimEnd().split('\n');
  return header === '# name' ? new Set(names) : undefined;
}
