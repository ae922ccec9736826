// Loaded into the bot's process before it, so that a test need not wait: SIGUSR2 lets 61 seconds pass on both clocks.
// Real timers stay as they are. SIGURG is a library's promise that fails unawaited, SIGWINCH its throw out of an event.
const { bigint } = process.hrtime;
const RealDate = Date;
let passedMs = 0;

process.hrtime.bigint = () => bigint() + BigInt(passedMs) * 1_000_000n;

class LaterDate extends RealDate {
  constructor(...args: [] | [string | number | Date]) {
    if (args.length === 0) super(LaterDate.now());
    else super(...args);
  }

  static override now(): number {
    return RealDate.now() + passedMs;
  }
}
globalThis.Date = LaterDate as DateConstructor;

process.on('SIGUSR2', () => {
  passedMs += 61_000;
});
process.on('SIGURG', () => {
  void Promise.reject(new Error('a slip of a library'));
});
process.on('SIGWINCH', () => {
  setImmediate(() => {
    throw new Error('a slip in an event');
  });
});
