import type { SmokeCheck } from '../release/plan.ts';
import { typed } from '../release/typed.ts';
import type { Answer } from './send-request.ts';

/** What differs from the expectation, as "expected ..., got ..."; undefined where nothing does. */
export function judgeAnswer(answer: Answer, expect: SmokeCheck['expect']): string | undefined {
  return judgeStatus(answer, expect) ?? judgeHeader(answer, expect) ?? judgeBody(answer, expect);
}

/** What the check proved, in words: `200 with "version=green"`. */
export function proofWords({ status, bodyContains, header }: SmokeCheck['expect']): string {
  const proofs = [
    ...(header === undefined ? [] : [`${header.name}: ${shown(header.value)}`]),
    ...(bodyContains === undefined ? [] : [shown(bodyContains)]),
  ];
  return proofs.length === 0 ? String(status) : `${status} with ${proofs.join(' and ')}`;
}

/** A text from outside, cut and without control or bidi characters. */
export function shown(text: string): string {
  const clean = typed(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}|\p{Cs}/gu, '')
    .trim();
  return clean === '' ? 'nothing' : `"${clean.length > 80 ? `${clean.slice(0, 80)}...` : clean}"`;
}

function judgeStatus(
  { status, headers }: Answer,
  expect: SmokeCheck['expect'],
): string | undefined {
  if (status === expect.status) return undefined;
  const where = headers.location;
  const redirect = where === undefined ? '' : ` to ${shown(where)}, and redirects are not followed`;
  return `expected status ${expect.status}, got ${status}${redirect}`;
}

function judgeHeader({ headers }: Answer, { header }: SmokeCheck['expect']): string | undefined {
  if (header === undefined) return undefined;
  const got = [headers[header.name.toLowerCase()] ?? []].flat().join(', ');
  return got === header.value
    ? undefined
    : `expected header ${header.name}: ${shown(header.value)}, got ${shown(got)}`;
}

function judgeBody(answer: Answer, { bodyContains }: SmokeCheck['expect']): string | undefined {
  if (bodyContains === undefined || answer.body.includes(bodyContains)) return undefined;
  const coding = answer.headers['content-encoding'] ?? 'identity';
  const got =
    coding === 'identity'
      ? shown(answer.body.toString('utf8'))
      : `a body in ${shown(coding)}, which is not decoded`;
  return `expected ${shown(bodyContains)} in the body, got ${got}`;
}
