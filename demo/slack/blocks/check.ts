/** One thing Slack would refuse, and where: a JSON pointer into the message. */
export interface Problem {
  readonly at: string;
  readonly what: string;
}

/** Looks at one value and reports what Slack would refuse. */
export type Check = (value: unknown, at: string, report: (problem: Problem) => void) => void;

export type Fields = Readonly<Record<string, Check>>;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with these fields and no others. */
export function object(required: Fields, optional: Fields = {}): Check {
  const known: Fields = { ...required, ...optional };
  return (value, at, report) => {
    if (!isRecord(value)) return report({ at, what: 'must be an object' });
    for (const field of Object.keys(required)) {
      if (value[field] === undefined) report({ at, what: `missing required field: ${field}` });
    }
    for (const [field, inner] of Object.entries(value)) {
      const check = known[field];
      if (!check) report({ at, what: `invalid additional property: ${field}` });
      else if (inner !== undefined) check(inner, `${at}/${field}`, report);
    }
  };
}

/** A string of that many characters. */
export function text(least: number, most: number): Check {
  return (value, at, report) => {
    if (typeof value !== 'string') report({ at, what: 'must be a string' });
    else if (value.length < least) {
      report({ at, what: `must be more than ${least - 1} characters` });
    } else if (value.length > most) {
      report({ at, what: `must be less than ${most + 1} characters` });
    }
  };
}

export function oneOf(...words: readonly string[]): Check {
  return (value, at, report) => {
    if (typeof value !== 'string' || !words.includes(value)) {
      report({ at, what: `must be one of: ${words.join(', ')}` });
    }
  };
}

export const yesOrNo: Check = (value, at, report) => {
  if (typeof value !== 'boolean') report({ at, what: 'must be a boolean' });
};

export const anyNumber: Check = (value, at, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value))
    report({ at, what: 'must be a number' });
};

export function integer(least: number, most: number): Check {
  return (value, at, report) => {
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
      report({ at, what: `must be an integer from ${least} to ${most}` });
    }
  };
}

export function list(least: number, most: number, each: Check): Check {
  return (value, at, report) => {
    if (!Array.isArray(value)) return report({ at, what: 'must be an array' });
    if (value.length < least) report({ at, what: `no fewer than ${least} items allowed` });
    if (value.length > most) report({ at, what: `no more than ${most} items allowed` });
    value.forEach((item, index) => {
      each(item, `${at}/${index}`, report);
    });
  };
}

/** Several checks on one value. */
export function all(...checks: readonly Check[]): Check {
  return (value, at, report) => {
    for (const check of checks) check(value, at, report);
  };
}

/** The check for the value's own `type`; every other type is refused. */
export function byType(checks: Fields): Check {
  return (value, at, report) => {
    if (!isRecord(value)) return report({ at, what: 'must be an object' });
    const type = value.type;
    const check =
      typeof type === 'string' && Object.hasOwn(checks, type) ? checks[type] : undefined;
    if (check) check(value, at, report);
    else report({ at: `${at}/type`, what: `unsupported type: ${String(type)}` });
  };
}

/** No two items of a list have the same value in this field. */
export function distinct(field: string): Check {
  return (value, at, report) => {
    const seen = new Set<unknown>();
    for (const [index, item] of (Array.isArray(value) ? value : []).entries()) {
      const id = isRecord(item) ? item[field] : undefined;
      if (id === undefined) continue;
      if (seen.has(id)) report({ at: `${at}/${index}/${field}`, what: `${field} already exists` });
      seen.add(id);
    }
  };
}
