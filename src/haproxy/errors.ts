import { typed } from '../release/typed.ts';

/** What every failed exchange with a node tells: which node, what was to be said, and what came of it. */
interface Exchange {
  readonly node: string;
  readonly command: string;
  readonly cause?: unknown;
}

/** No connection, or it was gone before the line was sent: the node knows nothing of the command. */
export class NodeUnreachable extends Error {
  override readonly name = 'NodeUnreachable';
  readonly node: string;
  readonly command: string;

  constructor(why: string, { node, command, cause }: Exchange) {
    super(`${node} could not be reached for "${firstOf(command)}": ${why}.`, { cause });
    this.node = node;
    this.command = command;
  }
}

/** The line was not sent: the release it was for has ended, or somebody's word turned it elsewhere. */
export class NothingSent extends Error {
  override readonly name = 'NothingSent';

  constructor({ node, command, cause }: Exchange) {
    super(
      `"${shortened(command)}" was not sent to ${node}: its release was interrupted before that.`,
      { cause },
    );
  }
}

/** The line was sent and no whole answer came: it may be carried out now, later or never. */
export class ReplyUnknown extends Error {
  override readonly name: string = 'ReplyUnknown';
  readonly node: string;
  readonly command: string;

  constructor(why: string, { node, command, cause }: Exchange) {
    super(`${node} gave no whole answer to "${firstOf(command)}": ${why}.`, { cause });
    this.node = node;
    this.command = command;
  }
}

/** The answer was longer than anybody was ready to read: the node is well, what it has is too large. */
export class ReplyTooLong extends ReplyUnknown {
  override readonly name = 'ReplyTooLong';
  readonly maxBytes: number;

  constructor(maxBytes: number, exchange: Exchange) {
    super(`it is longer than ${maxBytes} bytes`, exchange);
    this.maxBytes = maxBytes;
  }
}

/** The node answered, and it is not what was asked for: `reply` holds its words. */
export class NodeRefused extends Error {
  override readonly name = 'NodeRefused';
  readonly node: string;
  readonly command: string;
  readonly reply: string;

  constructor(reply: string, { node, command, cause }: Exchange) {
    super(`${node} answered "${firstOf(command)}" with: ${shortened(reply)}`, { cause });
    this.node = node;
    this.command = command;
    this.reply = reply;
  }
}

/** True for a failed exchange with a node, as opposed to a malfunction or an abort. */
export function isExchangeFailure(
  error: unknown,
): error is NodeUnreachable | ReplyUnknown | NodeRefused {
  return (
    error instanceof NodeUnreachable ||
    error instanceof ReplyUnknown ||
    error instanceof NodeRefused
  );
}

/** An argument that must not reach a socket; thrown before one is touched. */
export class UnsafeArgument extends Error {
  override readonly name = 'UnsafeArgument';
}

/** A node's file that could not be read or replaced; `message` says what stands there now. */
export class FileFailed extends Error {
  override readonly name = 'FileFailed';
  readonly path: string;

  constructor(path: string, why: string, cause?: unknown) {
    super(`The file ${path} ${why}`, { cause });
    this.path = path;
  }
}

/**
 * The system's words for what could not be done with a file. Without the temporary names of new files: the same failure
 * has the same words each time.
 */
export function systemWords(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.replaceAll(/'[^']*\.pointsman-[^']*'/g, 'its new file');
}

/** The first command of a line: the others only read. A line that only reads says with it what it is about. */
export function firstOf(line: string): string {
  const [first = '', ...others] = shortened(line).split(/(?<!\\);/);
  const short = first.length > 100 ? `${first.slice(0, 100)}…` : first;
  return others.length === 0 ? short : `${short}; …`;
}

/** The words of a reply on one line, short enough for a message. */
function shortened(reply: string): string {
  const line = typed(reply).trim().replace(/\s+/g, ' ');
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
