// Loaded into the bot's process before it: lets a test move its clocks instead of waiting. Real timers stay as they are.
// SIGUSR2: 61 seconds pass (both clocks). SIGPIPE cannot be used; SIGWINCH: somebody sets the wall clock an hour ahead.
const { bigint } = process.hrtime;
const RealDate = Date;
let passedMs = 0;
let setMs = 0;

process.hrtime.bigint = () => bigint() + BigInt(passedMs) * 1_000_000n;

class MovedDate extends RealDate {
  constructor(...args: [] | [string | number | Date]) {
    if (args.length === 0) super(MovedDate.now());
    else super(...args);
  }

  static override now(): number {
    return RealDate.now() + passedMs + setMs;
  }
}
globalThis.Date = MovedDate as DateConstructor;

process.on('SIGUSR2', () => {
  passedMs += 61_000;
});
process.on('SIGWINCH', () => {
  setMs += 3_600_000;
});
