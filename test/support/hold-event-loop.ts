/** Holds the loop in the turn that follows this one: behind what is being written now, before anything is read. */
export function holdNextTurn(ms: number): void {
  setImmediate(() => holdEventLoop(ms));
}

/** Holds this process' event loop, as a commit on a disk that stalls does: nothing that arrives is seen meanwhile. */
export function holdEventLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
