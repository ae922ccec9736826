/** One thing that is wrong with a journal. */
export interface Finding {
  /** `damaged`: the file; `schema`: its guards; `chain` and `anchor`: its rows; `derived`: tables made from them. */
  readonly kind: 'damaged' | 'schema' | 'chain' | 'anchor' | 'derived';
  /** The row it is about, where it is about one. */
  readonly seq?: number;
  readonly sentence: string;
}
