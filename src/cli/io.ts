/** Where the command line stands: main fills it from the process. */
export interface Io {
  /** Writes a text to stdout as it is. */
  readonly out: (text: string) => void;
  /** Writes a text to stderr as it is. */
  readonly err: (text: string) => void;
  /** stdout is a terminal. */
  readonly terminal: boolean;
  /** NO_COLOR is set to anything. */
  readonly noColour: boolean;
  /** IANA zone for typed and shown times. */
  readonly timezone: string;
  readonly now: () => Date;
  /** The program's version. */
  readonly version: string;
}
