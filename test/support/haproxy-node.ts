import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MapNodeTarget } from '../../src/haproxy/routes/map/map-target.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { ask } from './ask.ts';
import { waitUntil } from './wait-until.ts';
import { guardProcess, isGone } from './watchdog.ts';

/** What one HAProxy is started with. `config` is the whole haproxy.cfg, made for `folder`. */
export interface NodeSetup {
  readonly name: string;
  readonly folder: string;
  readonly runtime: string;
  readonly port: number;
  readonly map: string;
  readonly config: string;
  /** `-W -S <folder>/master.sock`, or one plain process. */
  readonly masterWorker: boolean;
  /** The binary; `haproxy` from the PATH. */
  readonly binary: string;
}

/** One real HAProxy, started by the test and ended by its pid. */
export class HaproxyNode {
  readonly name: string;
  readonly folder: string;
  /** Runtime API address, `unix:///...` or `tcp://127.0.0.1:<port>`. */
  readonly runtime: string;
  /** Master socket address; only of a master-worker node. */
  readonly master: string;
  /** `http://127.0.0.1:<port>` of frontend `www`. */
  readonly frontend: string;
  /** Absolute path of the map file: also the map's id in the Runtime API. */
  readonly mapFile: string;
  readonly configFile: string;
  readonly #setup: NodeSetup;
  #process: ChildProcess | undefined;
  /** Every process started and not yet gone; a plain reload leaves the old one behind its sessions. */
  readonly #processes = new Set<ChildProcess>();
  #paused: number | undefined;
  #log = '';

  constructor(setup: NodeSetup) {
    this.#setup = setup;
    this.name = setup.name;
    this.folder = setup.folder;
    this.runtime = setup.runtime;
    this.master = `unix://${join(setup.folder, 'master.sock')}`;
    this.frontend = `http://127.0.0.1:${setup.port}`;
    this.mapFile = join(setup.folder, 'maps', 'bluegreen.map');
    this.configFile = join(setup.folder, 'haproxy.cfg');
    mkdirSync(join(setup.folder, 'maps'), { recursive: true });
    writeFileSync(this.mapFile, setup.map);
    writeFileSync(this.configFile, setup.config);
  }

  /** This node as plans and routes name it. */
  get target(): MapNodeTarget {
    return {
      node: nodeName(this.name),
      runtime: this.runtime,
      frontend: this.frontend,
      mapId: this.mapFile,
      mapFile: `file://${this.mapFile}`,
    };
  }

  /** What HAProxy wrote to stdout and stderr so far. */
  get log(): string {
    return this.#log;
  }

  /** Starts it and waits until it answers; with `checked` (default) until every server's first check is done. */
  async start({ checked = true } = {}): Promise<void> {
    this.#process = this.#spawn([]);
    await this.#answers(this.#process, () => true);
    if (checked)
      await waitUntil(() => this.#allChecked(), { what: `first checks of ${this.name}` });
  }

  /** One line to the Runtime API, the reply byte-exact. */
  ask(line: string, timeout?: number): Promise<string> {
    return ask(this.runtime, line, timeout === undefined ? {} : { timeout });
  }

  /** Pid of the worker that answers now. */
  async workerPid(): Promise<number> {
    return Number(/^Pid: (\d+)$/m.exec(await this.ask('show info'))?.[1]);
  }

  /** The value of a key in the running worker; undefined where the key is not there. */
  async memory(key = 'active'): Promise<string | undefined> {
    return /value="([^"]*)"/.exec(await this.ask(`get map ${this.mapFile} ${key}`))?.[1];
  }

  /** The text of the map file. */
  disk(): string {
    return readFileSync(this.mapFile, 'utf8');
  }

  /** Puts another text into the map file; the running worker does not see it. */
  writeDisk(text: string): void {
    writeFileSync(this.mapFile, text);
  }

  /** One GET through the frontend, on a connection of its own. */
  async get(path = '/release'): Promise<{ status: number; body: string }> {
    const response = await fetch(new URL(path, this.frontend), {
      headers: { connection: 'close' },
    });
    return { status: response.status, body: await response.text() };
  }

  /** Reloads the configuration and the map file; resolves when the new worker answers. Runtime changes are lost. */
  async reload(): Promise<void> {
    const old = await this.workerPid();
    if (this.#setup.masterWorker) {
      // The master starts itself anew on every reload and refuses connections meanwhile.
      await waitUntil(() => ask(this.master, 'show proc', { halfClose: true }), {
        what: `the master of ${this.name}`,
      });
      await ask(this.master, 'reload', { halfClose: true });
    } else {
      this.#process = this.#spawn(['-sf', String(old)]);
    }
    await this.#answers(this.#running(), (pid) => pid !== old);
  }

  /** Freezes the worker (SIGSTOP): connections are accepted by the kernel, and nobody answers. */
  async pause(): Promise<void> {
    this.#paused = await this.workerPid();
    guardProcess(this.#paused);
    const pid = this.#paused;
    process.kill(pid, 'SIGSTOP');
    // A thread on another core goes on for a moment after the signal.
    await waitUntil(() => stateOf(pid) === 'T', { every: 1, what: `${this.name} to freeze` });
  }

  /** Lets a frozen worker go on; it then carries out what was sent to it. */
  resume(): void {
    if (this.#paused === undefined) return;
    process.kill(this.#paused, 'SIGCONT');
    isGone(this.#paused);
    this.#paused = undefined;
  }

  /** Ends it, so that it can be started again. Nothing of it is left but the folder. */
  async stop(): Promise<void> {
    this.resume();
    this.#process = undefined;
    await Promise.all([...this.#processes].map(ended));
  }

  /** Ends it and removes its folder. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(more: readonly string[]): ChildProcess {
    const mode = this.#setup.masterWorker
      ? ['-W', '-S', join(this.folder, 'master.sock')]
      : ['-db'];
    const child = spawn(this.#setup.binary, [...mode, '-f', this.configFile, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout?.on('data', (chunk) => this.#write(chunk));
    child.stderr?.on('data', (chunk) => this.#write(chunk));
    child.on('error', (error) => this.#write(String(error)));
    this.#processes.add(child);
    const { pid } = child;
    if (pid !== undefined) guardProcess(pid);
    child.once('exit', () => {
      this.#processes.delete(child);
      if (pid !== undefined) isGone(pid);
    });
    return child;
  }

  #write(chunk: unknown): void {
    this.#log += String(chunk);
  }

  #running(): ChildProcess {
    if (this.#process === undefined) throw new Error(`${this.name} does not run.`);
    return this.#process;
  }

  async #answers(child: ChildProcess, isRight: (pid: number) => boolean): Promise<void> {
    await waitUntil(
      async () => {
        if (child.exitCode !== null) return 'ended';
        return isRight(await this.workerPid());
      },
      { what: `${this.name} to answer` },
    );
    if (child.exitCode !== null) throw new Error(`${this.name} did not start:\n${this.#log}`);
  }

  async #allChecked(): Promise<boolean> {
    return !/,INI,|,(UP|DOWN) \d+\/\d+,/.test(await this.ask('show stat -1 4 -1'));
  }
}

/** The kernel's letter for what a process does: T = stopped, Z = dead and not yet taken note of; undefined = gone. */
export function stateOf(pid: number): string | undefined {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** Ends a process and its workers: a master does not always wait for the last of them. */
async function ended(child: ChildProcess): Promise<void> {
  const workers = childrenOf(child.pid);
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
  await waitUntil(() => workers.every((pid) => [undefined, 'Z'].includes(stateOf(pid))), {
    what: `the workers ${workers.join(', ')} to end`,
  });
}

function childrenOf(pid: number | undefined): readonly number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return list.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
