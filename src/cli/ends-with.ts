import type { ExitCode } from './exit-codes.ts';

/** Thrown by a handler that knows how the program has to end; the message is what stderr says. */
export class EndsWith extends Error {
  override readonly name = 'EndsWith';
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = exit;
  }
}
