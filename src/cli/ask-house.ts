import type { Ask, Asker, Command, Reply } from '../commands/command.ts';
import type { Release } from '../release/release.ts';
import type { BotAnswer, BotRelease } from './ask-bot.ts';
import { EndsWith } from './ends-with.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { follow, lookMs, type Seen } from './follow.ts';
import type { Asked, Tell } from './handlers.ts';

/** The house without its faces: what the command line has where no bot answers. */
export interface House {
  readonly ask: Ask;
  readonly releaseOf: (id: string) => Release | undefined;
  /** Drives what is open, after a question that had to come first. */
  drive(): void;
  close(): Promise<void>;
}

export interface Doors {
  readonly asker: Asker;
  /** Answers a question from what the disk has, beside whoever holds the database; undefined where it takes more. */
  readonly read: (question: Command) => Promise<Reply | undefined>;
  /** Asks the bot that runs on this database. */
  readonly askBot: () => Promise<BotAnswer>;
  readonly releaseOfBot: (id: string) => Promise<BotRelease>;
  /** Takes the database; with `drives` also every release that is open. Rejects with DatabaseHeld and its like. */
  readonly open: (drives: boolean) => Promise<House>;
  /** The same where another process may have it: undefined then. */
  readonly openIfFree: (drives: boolean) => Promise<House | undefined>;
  /** `process 4711 on db-1 holds /var/lib/pointsman.db`, where somebody does. */
  readonly holder: () => string | undefined;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Asks the running bot; without one, takes the database for as long as it needs. */
export async function askHouse(asked: Asked, tell: Tell, doors: Doors): Promise<ExitCode> {
  const answer = await doors.askBot();
  switch (answer.kind) {
    case 'answered':
      return followBot(asked.command, answer.reply, tell, doors);
    case 'silent':
      {
        const read = await readBeside(asked.command, tell, doors);
        if (read !== undefined) {
          tell.note(
            `${doors.holder() ?? 'The bot is there'} and does not answer: this was read without it.`,
          );
          return read;
        }
      }
      throw new EndsWith(
        exitCodes.databaseHeld,
        `${doors.holder() ?? 'The bot is there'} and does not answer: it is stopped, or hangs. What you asked for was not done, and will not be when it goes on. Let it go on (\`kill -CONT\`), or end it (\`kill -KILL\`) and ask again: what is open is then taken up from the journal.`,
      );
    case 'lost':
      throw new EndsWith(
        exitCodes.needsAttention,
        'The bot took it and went away before it answered: nobody knows whether it began. `pointsman status` shows where everything stands; asking again does no harm.',
      );
    case 'absent':
      return (await readBeside(asked.command, tell, doors)) ?? askAlone(asked.command, tell, doors);
  }
}

const questions: ReadonlySet<Command['kind']> = new Set(['status', 'history', 'at', 'plan']);

/** The exit code of a question that could be answered without having the database for oneself; else undefined. */
async function readBeside(
  command: Command,
  tell: Tell,
  doors: Doors,
): Promise<ExitCode | undefined> {
  if (!questions.has(command.kind)) return undefined;
  const reply = await doors.read(command);
  return reply === undefined ? undefined : tell.reply(reply);
}

/** A question and a lock drive nothing; a settlement names the side before anything that is open is taken up. */
const drivesNothing: ReadonlySet<Command['kind']> = new Set([
  ...questions,
  'settle',
  'lock',
  'unlock',
]);

async function askAlone(command: Command, tell: Tell, doors: Doors): Promise<ExitCode> {
  const house = await doors.open(!drivesNothing.has(command.kind));
  try {
    const reply = underWay(await house.ask(command, doors.asker));
    tell.reply(reply);
    if (command.kind === 'settle') house.drive();
    return await follow(reply, {
      ...followingOf(command, tell, doors),
      releaseOf: (id) => seenIn(house, id),
    });
  } finally {
    await house.close();
  }
}

/** How many looks a bot that went away has for coming back before this command does it in its place. */
const looksForBot = 5_000 / lookMs;
/** What is a way back, or ends what is stuck, is finished by whoever asked for it. */
const finishedHere: ReadonlySet<Command['kind']> = new Set(['rollback', 'abort', 'settle']);

async function followBot(
  command: Command,
  answered: Reply,
  tell: Tell,
  doors: Doors,
): Promise<ExitCode> {
  const reply = underWay(answered);
  tell.reply(reply);
  let house: House | undefined;
  let away = 0;
  const releaseOf = async (id: string): Promise<Seen> => {
    if (house !== undefined) return seenIn(house, id);
    const seen = await doors.releaseOfBot(id);
    away = seen.kind === 'absent' ? away + 1 : 0;
    if (away < looksForBot || !finishedHere.has(command.kind)) return seen;
    house = await doors.openIfFree(true);
    if (house === undefined) return seen;
    tell.note('The bot went away; this command takes its place until what is open has ended.');
    return seenIn(house, id);
  };
  try {
    return await follow(reply, { ...followingOf(command, tell, doors), releaseOf });
  } finally {
    await house?.close();
  }
}

function followingOf({ kind }: Command, tell: Tell, { sleep }: Doors) {
  const goesBack = kind === 'rollback' || kind === 'abort' || kind === 'cancel';
  return { sleep, goesBack, show: tell.progress, end: tell.end };
}

function seenIn(house: House, id: string): Seen {
  const release = house.releaseOf(id);
  return release === undefined ? { kind: 'none' } : { kind: 'release', release };
}

/** What was asked for is being done already, by an earlier word: it is followed like one's own. */
function underWay(reply: Reply): Reply {
  if (reply.kind !== 'refused' || reply.underWay === undefined) return reply;
  return { kind: 'done', text: reply.text, release: reply.underWay };
}
