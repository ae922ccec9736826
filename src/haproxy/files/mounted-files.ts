import { readdir, readFile, readlink } from 'node:fs/promises';

/** Somebody for whom one file is mounted by itself: by its inode, so that a rename beside it never arrives there. */
export interface FileMount {
  /** `Pointsman itself`, or the program and its process id: `haproxy (process 4711)`. */
  readonly holder: string;
  /** Where the file stands for them. */
  readonly at: string;
  /** True: what they have was replaced already, and is not the file that stands at the path now. */
  readonly isStale: boolean;
}

/** One line of `/proc/<pid>/mountinfo` (proc(5)): device, path inside its file system, and where it is mounted. */
interface Mount {
  readonly device: string;
  readonly root: string;
  readonly at: string;
}

interface MountTable {
  readonly holder: string;
  readonly mounts: readonly Mount[];
}

/** A round reads the files of many nodes; the machine's mounts are read once for all of them. Milliseconds. */
const keptMs = 2_000;
let kept: { readonly until: number; readonly tables: Promise<readonly MountTable[]> } | undefined;

/**
 * Who, on this machine, has this very file as a mounted single file (`-v file:file` of a container). Processes whose
 * mounts this user may not read are not seen. `path`: real, no links.
 */
export async function mountsOfFile(path: string): Promise<readonly FileMount[]> {
  const tables = await mountTables();
  const own = tables[0]?.mounts ?? [];
  const place = placeOf(own, path);
  if (place === undefined) return [];
  return tables.flatMap(({ holder, mounts }) =>
    mounts.flatMap(({ device, root, at }) => {
      const isStale = root === `${place.root}//deleted`;
      const isFile = device === place.device && (isStale || root === place.root);
      return isFile ? [{ holder, at, isStale }] : [];
    }),
  );
}

/** Where a path lies in its own file system: by the innermost mount above it. */
function placeOf(mounts: readonly Mount[], path: string): Omit<Mount, 'at'> | undefined {
  const above = mounts
    .filter(({ at }) => at === '/' || path === at || path.startsWith(`${at}/`))
    // Of two mounts on one path the later one is seen.
    .reduce<Mount | undefined>(
      (best, mount) => (best === undefined || mount.at.length >= best.at.length ? mount : best),
      undefined,
    );
  if (above === undefined) return undefined;
  const inside = path.slice(above.at === '/' ? 0 : above.at.length);
  return { device: above.device, root: above.root === '/' ? inside : `${above.root}${inside}` };
}

function mountTables(): Promise<readonly MountTable[]> {
  const now = performance.now();
  if (kept === undefined || kept.until < now) {
    kept = { until: now + keptMs, tables: readMountTables() };
  }
  return kept.tables;
}

/** This process' own table first, then one of each other mount namespace. */
async function readMountTables(): Promise<readonly MountTable[]> {
  const self = await namespaceOf('self');
  const own = { holder: 'Pointsman itself', mounts: await mountsOf('self') };
  const seen = new Set([self]);
  const others: MountTable[] = [];
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    const namespace = await namespaceOf(pid);
    if (namespace === undefined || seen.has(namespace)) continue;
    seen.add(namespace);
    others.push({ holder: await holderOf(pid), mounts: await mountsOf(pid) });
  }
  return [own, ...others];
}

/** Undefined where the process is gone, or is not for this user to look at. */
async function namespaceOf(pid: string): Promise<string | undefined> {
  return readlink(`/proc/${pid}/ns/mnt`).catch(() => undefined);
}

async function holderOf(pid: string): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program');
  return `${name.trim()} (process ${pid})`;
}

async function mountsOf(pid: string): Promise<readonly Mount[]> {
  const text = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [, , device, root, at] = line.split(' ');
    if (device === undefined || root === undefined || at === undefined) return [];
    return [{ device, root: unescaped(root), at: unescaped(at) }];
  });
}

/** Blanks, tabs, line ends and backslashes stand as octal numbers there. */
function unescaped(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
