/** Bytes of a unix socket's path, as Linux takes it: 108 with the zero at its end (unix(7)). */
export const longestSocketPath = 107;
