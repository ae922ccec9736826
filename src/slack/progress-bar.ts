const cells = 20;

/** A bar of text: `▰▰▰▰▰▱▱▱… 25 %`; without a total there is nothing to measure, and no bar. */
export function progressBar(done: number | undefined, total: number | undefined): string {
  if (done === undefined || total === undefined || !(total > 0)) return '';
  const share = Math.min(1, Math.max(0, done / total));
  const full = Math.floor(share * cells);
  return `${'▰'.repeat(full)}${'▱'.repeat(cells - full)} ${Math.floor(share * 100)} %`;
}
