/**
 * Words with a meaning of their own in the commands: a service of that name could not be asked for.
 * Every verb of the three commands, and the words that stand between its parts.
 */
export const reservedWords = [
  'plan',
  'finish',
  'accept',
  'abort',
  'cancel',
  'settle',
  'adopt',
  'lock',
  'unlock',
  'drain',
  'maint',
  'ready',
  'history',
  'at',
  'help',
  'release',
  'rollback',
  'status',
  'blue',
  'green',
  'because',
  'version',
  'override',
  'since',
  'by',
  'journal',
] as const;

export const serviceNamePattern = /^[a-z][a-z0-9-]{0,31}$/;
/** What HAProxy's own names may be made of before they touch a socket. */
export const haproxyNamePattern = /^[A-Za-z0-9_.:-]{1,128}$/;
/** What a map's path may be made of before it touches a socket. */
export const mapIdPattern = /^[A-Za-z0-9_./:-]{1,255}$/;
export const nodeNamePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
export const fleetNamePattern = /^[a-z][a-z0-9-]{0,31}$/;

/** Why a text cannot be a service's name, as the words after "expected"; undefined where it can. */
export function whyNoServiceName(text: string): string | undefined {
  if (!serviceNamePattern.test(text)) {
    return 'a service name of a-z, 0-9 and -, beginning with a letter, up to 32 long';
  }
  if (/-\d+$/.test(text)) {
    return `a service name that does not end in -<digits> (${text} could be a release's id)`;
  }
  if ((reservedWords as readonly string[]).includes(text)) {
    return `a service name that is no word of the commands (${text} is)`;
  }
  return undefined;
}
