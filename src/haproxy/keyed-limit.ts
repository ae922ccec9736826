import pLimit, { type LimitFunction } from 'p-limit';

/** Runs tasks of one key at most so many at a time; the others wait in order. Keys do not hinder each other. */
export type KeyedLimit = <T>(key: string, task: () => Promise<T>) => Promise<T>;

export function keyedLimit(concurrency: number): KeyedLimit {
  const limits = new Map<string, LimitFunction>();
  return (key, task) => {
    const limit = limits.get(key) ?? pLimit(concurrency);
    limits.set(key, limit);
    return limit(task).finally(() => {
      if (limit.activeCount + limit.pendingCount === 0) limits.delete(key);
    });
  };
}
