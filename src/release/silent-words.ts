import type { NodeName } from './vocabulary.ts';

/** `lb-1 does not answer: it could not be reached …`, with the node named once and one full stop. */
export function silentWords(node: NodeName, why: string): string {
  const reason = why.startsWith(`${node} `) ? `it ${why.slice(node.length + 1)}` : why;
  return `${node} does not answer: ${reason.replace(/\.+$/, '')}.`;
}
