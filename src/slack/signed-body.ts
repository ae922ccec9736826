import { type DeliveryKind, isFields } from './delivery.ts';

/** What the body of a signed request says it is. The signature covers the body alone, never how it is to be read. */
export type SignedBody =
  | { readonly kind: 'delivery'; readonly of: DeliveryKind; readonly payload: unknown }
  /** Slack asks whether somebody is there. */
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'ssl_check' }
  | { readonly kind: 'refused'; readonly why: string };

/** A slash command has some fifteen fields. */
const mostFields = 64;

/**
 * Reads a body once, as exactly one of the two kinds there are. A body that is signed as the one kind and sent again
 * under the other's content type is refused: a JSON object begins with a brace, and no form does.
 */
export function readSignedBody(contentType: string | undefined, body: string): SignedBody {
  const type = contentType?.toLowerCase().replace(/;\s*charset=utf-8$/, '');
  const isObject = body.startsWith('{');
  if (type === 'application/json') return isObject ? readJson(body) : refused('no JSON object');
  if (type === 'application/x-www-form-urlencoded') {
    return isObject ? refused('JSON sent as a form') : readForm(body);
  }
  return refused('neither a form nor JSON');
}

function readJson(body: string): SignedBody {
  const payload = parsed(body);
  if (!isFields(payload)) return refused('no JSON object');
  if (payload.type === 'url_verification') {
    const { challenge } = payload;
    const isWord = typeof challenge === 'string' && challenge.length <= 1_000;
    return isWord ? { kind: 'challenge', challenge } : refused('no challenge');
  }
  return { kind: 'delivery', of: 'events_api', payload };
}

function readForm(body: string): SignedBody {
  if (body.split('&', mostFields + 1).length > mostFields) return refused('too many fields');
  const fields = [...new URLSearchParams(body)];
  const names = new Set(fields.map(([name]) => name));
  if (names.size < fields.length) return refused('a field stands there twice');
  if (![...names].every((name) => /^[a-z0-9_]{1,64}$/.test(name)))
    return refused('no field of ours');
  const form = Object.fromEntries(fields);
  if (names.has('payload')) {
    if (fields.length > 1) return refused('more than a payload');
    const payload = parsed(form.payload ?? '');
    return isFields(payload)
      ? { kind: 'delivery', of: 'interactive', payload }
      : refused('the payload is no JSON object');
  }
  if (form.ssl_check === '1') return { kind: 'ssl_check' };
  return { kind: 'delivery', of: 'slash_commands', payload: form };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(why: string): SignedBody {
  return { kind: 'refused', why };
}
