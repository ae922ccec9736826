/** What was sent as JSON text or, in a JSON body, as itself; undefined where the text is no JSON. */
export function parsed(sent: unknown): unknown {
  if (typeof sent !== 'string') return sent;
  try {
    return JSON.parse(sent);
  } catch {
    return undefined;
  }
}
