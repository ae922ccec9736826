import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 (64 hex digits) over the canonical JSON (RFC 8785) of a value. */
export function digestOf(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('Only JSON values have a digest.');
  return createHash('sha256').update(text).digest('hex');
}
