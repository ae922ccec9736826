import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../../support/ask.ts';
import { FaultProxy } from '../fault-proxy.ts';
import { expectedBy } from '../kills/expected.ts';
import type { Ground, Meaning } from '../kills/grounds/ground.ts';
import { committedIn } from '../kills/journal-at.ts';
import { judgeAtRest } from '../kills/judge.ts';
import { untoldDrift } from '../kills/judge-drift.ts';
import { judgeHooks } from '../kills/kill-hooks.ts';
import { whyUnfounded } from '../kills/witness.ts';
import type { Fixture } from './fixture.ts';

const start = { memory: 'blue', disk: 'blue' } as const;

/** The nodes of a kill ground, for any route with two sides. */
export async function sidesFixture(make: () => Promise<Ground>): Promise<Fixture> {
  const ground = await make();
  const proxies = await Promise.all(
    ground.runtimes.map((runtime, i) =>
      new FaultProxy(ground.folder, ground.names[i] ?? '', runtime).start(),
    ),
  );
  const folders: string[] = [];
  let folder = '';
  let hooks: string | undefined;
  let landing = true;
  let violations: string[] = [];
  const testify = (node: string, line: string, meaning: Meaning | undefined, when: string) => {
    if (meaning === undefined) return;
    const why = whyUnfounded({ node, line, meaning, rows: committedIn(folder).rows });
    if (why !== undefined) violations.push(`${why}${when}`);
  };
  for (const [i, proxy] of proxies.entries()) {
    const node = ground.names[i] ?? '';
    proxy.onLine = (line) => testify(node, line, ground.meaningOf(line), '');
    proxy.onLanding = (line) => {
      if (!landing) return;
      testify(node, line, ground.meaningOf(line), ' when it was carried out, late');
    };
  }
  return {
    proxies,
    fresh: async (waitsForLines) => {
      await ground.reset();
      landing = waitsForLines;
      folder = mkdtempSync(join(tmpdir(), 'pm-meeting-'));
      folders.push(folder);
      hooks = ground.hooks === true ? join(folder, 'ran') : undefined;
      violations = [];
      const target = ground.target(proxies.map(({ address }) => address));
      return { folder, target, ...(hooks === undefined ? {} : { hooks }) };
    },
    knock: async () => {
      if (ground.knock === undefined) throw new Error('Here no foreign hand can put a node back.');
      for (const one of ground.knock) {
        if ('path' in one) writeFileSync(one.path, one.text, 'latin1');
        else await ask(one.address, one.line, { halfClose: true });
      }
    },
    witnessed: () => violations,
    judge: async (open, told) => {
      const { rows, announced } = committedIn(folder);
      const found = await judgeAtRest(ground, folder, open);
      const ran = hooks === undefined ? [] : judgeHooks(hooks, rows);
      if (!told || open.length > 0) return [...found, ...ran];
      const held = await ground.held();
      const nodes = { names: ground.names, held };
      const others = found.filter((why) => !/^I[17]: .* the rows want /.test(why));
      return [...others, ...untoldDrift(nodes, expectedBy(rows, start), rows, announced), ...ran];
    },
    tidy: () => {
      for (const one of folders.splice(0)) rmSync(one, { recursive: true, force: true });
    },
    end: async () => {
      for (const one of folders) rmSync(one, { recursive: true, force: true });
      await Promise.all(proxies.map((proxy) => proxy.end()));
      await ground.end();
    },
  };
}
