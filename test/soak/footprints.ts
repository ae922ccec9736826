import type { Footprint } from '../faults/engine-process/engine-process.ts';

const mebibyte = 1024 * 1024;
/** The first rounds fill caches and compile code. */
const warmUp = 5;
/** Growth of one process after its warm-up that counts as a leak. */
const limits = { heap: 12 * mebibyte, rss: 64 * mebibyte, descriptors: 6 };

/** What each process needed, round by round. */
export class Footprints {
  readonly #lives: Footprint[][] = [[]];

  /** Another process from here. */
  begin(): void {
    this.#lives.push([]);
  }

  add(footprint: Footprint): void {
    this.#lives.at(-1)?.push(footprint);
  }

  /** A sentence for every process that needed more and more. */
  grown(): readonly string[] {
    return this.#lives.flatMap((life) => {
      const settled = life.slice(warmUp);
      return (['heap', 'rss', 'descriptors'] as const).flatMap((what) => {
        const growth = growthOf(settled.map((one) => one[what]));
        return growth > limits[what] ? [`${what} grew by ${growth} in ${life.length} rounds`] : [];
      });
    });
  }

  report(): string {
    const longest = this.#lives.reduce((a, b) => (b.length > a.length ? b : a));
    const [first, last] = [longest[Math.min(warmUp, longest.length - 1)], longest.at(-1)];
    if (first === undefined || last === undefined) return 'no footprint was taken';
    return `${this.#lives.length} processes; in the longest life (${longest.length} rounds) ${wordsOf(first)} became ${wordsOf(last)}`;
  }
}

/** The middle of the last third less the middle of the first third; 0 where there are too few. */
function growthOf(values: readonly number[]): number {
  const third = Math.floor(values.length / 3);
  if (third < 2) return 0;
  return middle(values.slice(-third)) - middle(values.slice(0, third));
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function wordsOf({ rss, heap, descriptors }: Footprint): string {
  return `${Math.round(rss / mebibyte)} MB RSS, ${(heap / mebibyte).toFixed(1)} MB heap, ${descriptors} descriptors`;
}
