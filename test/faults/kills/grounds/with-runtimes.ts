/** A target whose nodes are reached elsewhere. */
export function withRuntimes<T extends { readonly nodes: readonly { readonly runtime: string }[] }>(
  target: T,
  runtimes: readonly string[],
): T {
  const nodes = target.nodes.map((node, i) => ({ ...node, runtime: runtimes[i] ?? node.runtime }));
  return { ...target, nodes };
}
