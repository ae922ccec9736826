import { Command, InvalidArgumentError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Anchor, AskVerb, Common, Handlers, Outcome } from './handlers.ts';
import type { Io } from './io.ts';
import { runAsk } from './run-ask.ts';
import { type CheckOptions, runCheck } from './run-check.ts';

/** The verbs and their options. `end` takes the exit code of the verb that ran. */
export function makeProgram(handlers: Handlers, io: Io, end: (exit: ExitCode) => void): Command {
  const program = new Command('pointsman');
  const quiet = () => undefined;
  program
    .description('Blue-green releases on HAProxy, asked for in Slack.')
    .version(io.version)
    .exitOverride()
    // What commander would print about a wrong call is said once, as a sentence, by runCli.
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: quiet })
    .showSuggestionAfterError(true);

  const verb = (parent: Command, name: string, does: string): Command =>
    parent
      .command(name)
      .description(does)
      .option('-c, --config <file>', 'the configuration file', 'pointsman.yaml')
      .option('--json', 'print data for a program', false);

  verb(program, 'start', 'run the bot in the foreground').action(async (options: Common) =>
    end(await handlers.start(options)),
  );
  verb(program, 'check', 'check the configuration and print what it says')
    .option('--nodes', 'look at every node as well: nothing is written there', false)
    .action(async (options: CheckOptions) => end(await runCheck(options, handlers, io)));
  for (const [name, form, does] of asks) {
    verb(program, `${name} [words...]`, described(does, handlers[name]))
      .usage(`[options] ${form}`)
      .action(async (words: string[], options: Common) =>
        end(
          await orNotBuilt(io, name, handlers[name], (handler) =>
            runAsk({ name, words, ...options }, { handler, load: handlers.load }, io),
          ),
        ),
      );
  }
  addAudit(verb, program, handlers, io, end);
  verb(
    program,
    'doctor [words...]',
    described('look for what could go wrong', handlers.doctor),
  ).action(async (words: string[], options: Common) =>
    end(
      await orNotBuilt(io, 'doctor', handlers.doctor, async (handler) =>
        shown(await handler({ ...options, words }), options, io),
      ),
    ),
  );
  verb(program, 'manifest', "print the Slack app's manifest for this configuration").action(
    async (options: Common) => end(shown(await handlers.manifest(options), options, io)),
  );
  return program;
}

const asks = [
  [
    'status',
    '[<service> | history ... | at <time> <service>]',
    'every service, one service, or the journal',
  ],
  ['history', '[<service>] [since 7d] [by <user>]', 'what the journal knows'],
  ['release', '<service> [blue|green] [version <v>] [because <reason>]', 'ask for a release'],
  ['plan', '<service> [blue|green] [version <v>]', 'what a release would do; nothing is done'],
  [
    'finish',
    '<service> [because <reason>]',
    "deploy the active side's version to the other side and move there",
  ],
  ['rollback', '<service> [because <reason>]', 'go back to stable at once'],
  ['accept', '<service or release>', 'give your word that the release stays'],
  ['abort', '<service or release>', 'take a release in flight back'],
  ['cancel', '<service or release>', 'end a release before its switch'],
  ['settle', '<release> blue|green because <reason>', 'end what needs attention'],
  ['adopt', '<service> blue|green because <reason>', 'make every node alike, memory and disk'],
  ['lock', '<service> because <reason>', 'nobody releases it until it is unlocked'],
  ['unlock', '<service>|journal because <reason>', 'let it be released again'],
  ['drain', '<service> <server> [because <reason>]', 'set one server to drain, on every node'],
  ['maint', '<service> <server> [because <reason>]', 'set one server to maint, on every node'],
  ['ready', '<service> <server> [because <reason>]', 'put one server back, on every node'],
] as const satisfies readonly (readonly [AskVerb, string, string])[];

function described(does: string, handler: unknown): string {
  return handler === undefined ? `${does} (not built yet)` : does;
}

function addAudit(
  verb: (parent: Command, name: string, does: string) => Command,
  program: Command,
  handlers: Handlers,
  io: Io,
  end: (exit: ExitCode) => void,
): void {
  const audit = program.command('audit').description('prove, copy and hand out the journal');
  verb(audit, 'verify', 'check every row of the journal')
    .option(
      '--anchor <seq:hash>',
      'a row that must be in it, as a release message ends with',
      anchor,
    )
    .option('--export <file>', 'prove a JSONL export instead of the database')
    .action(async (options: Common & { anchor?: Anchor; export?: string }) =>
      end(shown(await handlers.auditVerify(options), options, io)),
    );
  const later = [
    ['export', '[jsonl|csv] [<file>]', 'hand out the journal', handlers.auditExport],
    [
      'backup',
      '<file>',
      'copy the journal while it is used, and prove the copy',
      handlers.auditBackup,
    ],
    ['restore', '<file>', 'put a proved copy in its place', handlers.auditRestore],
  ] as const;
  for (const [name, form, does, handler] of later) {
    const made = verb(audit, `${name} [words...]`, described(does, handler)).usage(
      `[options] ${form}`,
    );
    if (name === 'restore') {
      made.option('--anchor <seq:hash>', 'a row that must be in the copy', anchor);
    }
    made.action(async (words: string[], options: Common & { anchor?: Anchor }) =>
      end(
        await orNotBuilt(io, `audit ${name}`, handler, async (known) =>
          shown(await known({ ...options, words }), options, io),
        ),
      ),
    );
  }
}

async function orNotBuilt<Handler>(
  io: Io,
  name: string,
  handler: Handler | undefined,
  run: (handler: Handler) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (handler !== undefined) return run(handler);
  io.err(`pointsman ${name} is not built yet. \`pointsman --help\` lists what is.\n`);
  return exitCodes.usage;
}

function shown({ exit, lines, data }: Outcome, { json }: Common, io: Io): ExitCode {
  if (json) io.out(`${JSON.stringify(data, null, 2)}\n`);
  else (exit === exitCodes.done ? io.out : io.err)(lines.map((line) => `${line}\n`).join(''));
  return exit;
}

function anchor(text: string): Anchor {
  const match = /^(?:journal\s+)?#?(\d{1,15})[:\s]\s*([0-9a-f]{64})$/i.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new InvalidArgumentError(
      "Expected <seq>:<64 hex digits>, or what a release message ends with, in quotes: 'journal #<seq> <hash>'.",
    );
  }
  return { seq: Number(match[1]), hash: match[2].toLowerCase() };
}
