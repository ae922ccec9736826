/**
 * What a map's key may be, for the configuration, the Runtime API and the file alike: printable ASCII, at most 255
 * bytes. HAProxy's loader ends a key at a blank and takes a line that begins with `#` for a comment, and the Runtime API
 * takes `#` for an entry's reference; `;` begins another command for everybody who types a line by hand.
 */
const pattern = /^[\x21-\x7e]{1,255}$/;

/** Why a text cannot be a map's key; undefined where it can. */
export function whyNoMapKey(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (/[ \t]/.test(text)) return 'HAProxy ends a key at a blank';
  if (text.startsWith('#')) return 'HAProxy takes a line that begins with # for a comment';
  if (text.includes(';')) return '; begins another command of the Runtime API';
  if (text.length > 255) return 'it is longer than 255 characters';
  return pattern.test(text) ? undefined : 'it holds a character that is not printable ASCII';
}
