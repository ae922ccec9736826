import { z } from 'zod';

/** `key` of a route over a map: one key, or a list of keys that move together. */
export function mapKeys(one: z.ZodType<string>) {
  return z.unknown().transform((found, context): readonly string[] => {
    const isList = Array.isArray(found);
    const list: readonly unknown[] = isList ? found : [found];
    const wrong = list.flatMap((key, i) => {
      const issues = list.indexOf(key) < i ? [{ message: 'each key once' }] : issuesOf(one, key);
      return issues.map((issue) => ({ ...issue, path: isList ? [i] : [] }));
    });
    if (list.length === 0) wrong.push({ message: "a map's key, or a list of keys", path: [] });
    for (const issue of wrong) context.addIssue({ code: 'custom', ...issue });
    return wrong.length > 0 ? z.NEVER : list.map((key) => one.parse(key));
  });
}

/** What is wrong with one key: what was expected, and what to do. */
function issuesOf(
  one: z.ZodType<string>,
  key: unknown,
): readonly { readonly message: string; readonly params?: Readonly<Record<string, unknown>> }[] {
  const read = one.safeParse(key);
  if (read.success) return [];
  return read.error.issues.map((issue) => ({
    message: issue.message,
    ...(issue.code === 'custom' && issue.params !== undefined && { params: issue.params }),
  }));
}
