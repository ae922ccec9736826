/** A way a release can go, played by itself up to its end. Each one is recorded once and killed at every hit. */
export const paths = [
  'release',
  'rejection',
  'abort',
  'rollback',
  'adopt',
  'settle',
  'reapply',
] as const;
export type Path = (typeof paths)[number];

/** A foreign hand, as the played process has to do it: a line said to an address, or a text put into a file. */
export type Knock =
  | { readonly address: string; readonly line: string }
  | { readonly path: string; readonly text: string };
