/** The number of observations at which the sequence is narrowest. */
const tunedTo = 30;
/** An asymptotic sequence says nothing of fewer. */
export const leastObservations = 10;

/**
 * Half the width of a one-sided confidence sequence for a mean, in standard deviations, after `count` observations: with
 * a chance of at least 1 - alpha it holds at every count at once (Waudby-Smith et al., arXiv 2103.06476).
 */
export function halfWidth(count: number, alpha: number): number {
  const spread = (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / tunedTo;
  const grown = count * spread + 1;
  return Math.sqrt(
    ((2 * grown) / (count ** 2 * spread)) * Math.log(1 + Math.sqrt(grown) / (2 * alpha)),
  );
}

/** The least the mean of these observations can be; undefined while there are too few. */
export function lowerMean(
  observations: readonly number[],
  alpha: number,
  leastDeviation: number,
): number | undefined {
  const count = observations.length;
  if (count < leastObservations) return undefined;
  const deviation = Math.max(leastDeviation, deviationOf(observations));
  return meanOf(observations) - deviation * halfWidth(count, alpha);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample's standard deviation; 0 of fewer than two. */
export function deviationOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
