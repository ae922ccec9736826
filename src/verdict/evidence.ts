/**
 * Evidence against a hypothesis as an e-process: likelihood ratios of what was seen, mixed over alternatives. It may be
 * looked at after every sample: the chance that it ever reaches 1/alpha while the hypothesis holds is at most alpha
 * (Ville's inequality). Kept as natural logarithms, one ratio per alternative.
 */
export type LogRatios = readonly number[];

/** The ratios after independent data: they multiply. */
export function combined(one: LogRatios, other: LogRatios): LogRatios {
  if (one.length === 0) return other;
  return other.length === 0 ? one : one.map((ratio, i) => ratio + (other[i] ?? 0));
}

/** ln of the evidence: of the mean of the ratios. Nothing seen: 0. */
export function logEvidence(ratios: LogRatios): number {
  if (ratios.length === 0) return 0;
  const largest = Math.max(...ratios);
  const sum = ratios.reduce((total, ratio) => total + Math.exp(ratio - largest), 0);
  return largest + Math.log(sum / ratios.length);
}

/** `count` numbers from `first` to `last`, each by the same factor larger than the one before. */
export function geometric(first: number, last: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => first * (last / first) ** (i / (count - 1)));
}
