const moment = /(?<![\w-])\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z(?!\w)/g;

/**
 * A sentence of the program with its moments as the reader's face shows them. In sentences a moment stands as the
 * journal has it, ISO 8601 in UTC with milliseconds: nobody but the face knows the reader's zone.
 */
export function withMoments(sentence: string, show: (iso: string) => string): string {
  return sentence.replace(moment, show);
}

/** True for every name of UTC: a time is not shown twice to who reads in it. */
export function isUtc(timezone: string): boolean {
  return /^(etc\/)?(utc|z|zulu|universal|uct)$/i.test(timezone);
}
