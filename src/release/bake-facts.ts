/** The numbers a bake was judged by, of its own window and of what it was compared with. */
export interface BakeFacts {
  readonly requests: number;
  readonly errors: number;
  /** The rate that was tested, 0..1: the limit, or more where the old side itself fails more often. */
  readonly tested: number;
  /** The highest rate that these answers leave possible, with 99 % certainty. */
  readonly bound: number;
  /** Evidence against the tested rate, and how much of it takes a release back. */
  readonly evidence: number;
  readonly needed: number;
  /** How many errors come together; evidence was divided by it. */
  readonly burstiness: number;
  /** Set where both sides were live: the old side's answers meanwhile, and the evidence that the new one is worse. */
  readonly comparison?: {
    readonly requests: number;
    readonly errors: number;
    readonly evidence: number;
  };
  /** Milliseconds; null where nothing was measured. */
  readonly time: number | null;
  readonly oldTime: number | null;
  /** Intervals of response times that were compared. */
  readonly intervals: number;
  /** How often a node's window began anew. */
  readonly restarts: number;
}

/** What a bake can find at a traffic. */
export interface BakePower {
  /** Requests a second of the side that is live, over all nodes. */
  readonly perSecond: number;
  /** The lowest error rate it finds in nine of ten cases, 0..1, and how soon; null: none. */
  readonly finds: { readonly rate: number; readonly withinMs: number } | null;
}
