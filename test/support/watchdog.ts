import { type ChildProcess, spawn } from 'node:child_process';

// A test run can be killed, and then nobody ends what it started. So a small shell listens to this process; when the
// pipe between them closes, for whatever reason, it ends and removes what is still on its list.
const script = `
trap '' INT TERM HUP
without() {
  case $1 in
    *" $2 "*) printf '%s %s' "\${1%% $2 *}" "\${1#* $2 }" ;;
    *) printf '%s' "$1" ;;
  esac
}
pids=' ' folders=' '
while read -r verb what; do
  case $verb in
    process) pids="$pids$what " ;;
    folder) folders="$folders$what " ;;
    gone) pids=$(without "$pids" "$what") folders=$(without "$folders" "$what") ;;
  esac
done
for pid in $pids; do kill -CONT $pid; kill -TERM $pid; done
for folder in $folders; do rm -rf "$folder"; done
`;

let watchdog: ChildProcess | undefined;

/** Ends this process (and lets it go on, if it was frozen) when the test run is gone. */
export function guardProcess(pid: number): void {
  tell(`process ${pid}`);
}

/** Removes this folder when the test run is gone. Its path must not hold blanks. */
export function guardFolder(path: string): void {
  tell(`folder ${path}`);
}

/** The process has ended or the folder is removed. */
export function isGone(what: number | string): void {
  tell(`gone ${what}`);
}

function tell(line: string): void {
  watchdog ??= start();
  watchdog.stdin?.write(`${line}\n`);
}

function start(): ChildProcess {
  const shell = spawn('/bin/sh', ['-c', script], {
    // A session of its own: Ctrl-C in the terminal must not end it first.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return shell;
}
