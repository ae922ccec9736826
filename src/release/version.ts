/** Registry path, tag and digest of an image together: 255, 128 and 135 characters at most (OCI distribution), and two marks. */
export const longestVersion = 520;

/** Hexadecimal digits of a whole digest (OCI image specification: lower case). */
const digestLength: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };
/** So many digits of a digest are shown: as docker shows them. */
const shownDigits = 12;
const longestShown = 100;

/**
 * Why a text cannot be a version, as a sentence's end; undefined where it can. A version is a tag (`1.4.2+build.7`,
 * `release/2026-11`, `1:2.3~rc1`, `web@1.4.2`), an image (`registry.example.com:5000/shop/web:1.2@sha256:<64 digits>`), or a digest.
 * It becomes one argument and one environment variable of a hook.
 */
export function whyNoVersion(text: string): string | undefined {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.:+/@~-]*$/.test(text)) {
    return 'expected letters, digits and _ . : + / @ ~ -, beginning with a letter, a digit or _';
  }
  if (text.length > longestVersion) {
    return `expected at most ${longestVersion} characters, it has ${text.length}`;
  }
  if (text.includes('..')) return 'expected no two dots in a row';
  if (text.includes('://')) return 'expected a tag, an image or a digest, without http://';
  // `web@1.4.2` is a tag of a package; what stands behind the last @ with a colon in it can only be a digest.
  const last = text.slice(text.lastIndexOf('@') + 1);
  const isDigest =
    last === text ? Object.hasOwn(digestLength, algorithmOf(text)) : last.includes(':');
  return isDigest ? whyNoDigest(last) : undefined;
}

function whyNoDigest(text: string): string | undefined {
  const algorithm = algorithmOf(text);
  const length = Object.hasOwn(digestLength, algorithm) ? digestLength[algorithm] : undefined;
  if (length === undefined)
    return 'expected sha256:<64 digits> or sha512:<128 digits> behind the @';
  const digits = text.slice(algorithm.length + 1);
  if (!/^[0-9a-f]*$/.test(digits)) {
    return `expected only the digits 0-9 and a-f (small letters) behind ${algorithm}:`;
  }
  return digits.length === length
    ? undefined
    : `expected ${length} hexadecimal digits behind ${algorithm}:, there are ${digits.length}`;
}

function algorithmOf(text: string): string {
  return text.slice(0, Math.max(0, text.indexOf(':')));
}

/** A version as messages and tables show it: of a digest the first digits, of a very long one both ends. Hooks and the journal have all of it. */
export function shortVersion(version: string): string {
  const short = version.replace(/\b(sha256|sha512):([0-9a-f]+)/, (whole, algorithm, digits) =>
    digits.length <= shownDigits ? whole : `${algorithm}:${digits.slice(0, shownDigits)}…`,
  );
  if (short.length <= longestShown) return short;
  const half = Math.floor((longestShown - 1) / 2);
  return `${short.slice(0, half)}…${short.slice(-half)}`;
}
