/** `admin`, `operator` or `user`; undefined for any other answer. */
export function parseShowCliLevel(reply: string): string | undefined {
  return /^(admin|operator|user)\n\n$/.exec(reply)?.[1];
}
