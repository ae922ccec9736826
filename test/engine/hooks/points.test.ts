import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { HookPlan } from '../../../src/release/plan.ts';
import { waitUntil } from '../../support/wait-until.ts';
import {
  accepted,
  ask,
  begun,
  bench,
  fleet,
  folder,
  hold,
  hook,
  letGo,
  loud,
  memories,
  notes,
  noting,
  on,
  open,
  points,
  ran,
  released,
  rollback,
  waiting,
  withHooks,
} from './hook-bench.ts';

withHooks();

describe('the points of a release', () => {
  test('each hook runs once at its point, with its side, and is told in the thread', async () => {
    open(Object.fromEntries(points.map((point) => [point, noting(`echo said by ${point}`)])));

    await accepted();

    expect(ran()).toEqual([
      'migrate green blue 2',
      'deploy green blue 2',
      'before_switch green blue 2',
      'after_switch green blue 2',
      'after_completed green blue 2',
    ]);
    expect(bench.kinds('checkout-1').filter((kind) => kind.startsWith('hook_'))).toEqual(
      Array(5).fill(['hook_started', 'hook_output', 'hook_ended']).flat(),
    );
    expect(notes()).toContainEqual(
      expect.stringMatching(/^Hook deploy succeeded after \d+\.\d s\. sh exited with code 0\.$/),
    );
    expect(notes()).toContain('deploy:\n```\nsaid by deploy\n```');
    expect(await memories()).toEqual(on('green'));
  });

  test.each(['deploy', 'before_switch'] as const)(
    '%s does not run where the approver has lost the role meanwhile',
    async (point) => {
      open(
        { [point]: noting() },
        { approval: { approvers: 1, selfApproval: false, expiresMs: 60_000 } },
      );
      await ask();
      const usual = bench.standing.bind(bench);
      let looks = 0;
      bench.standing = (who) => {
        // The press is judged first; by the time the plan runs the role is gone.
        if (who === 'U0ANN') looks += 1;
        const known = usual(who);
        return who === 'U0ANN' && looks > 1 ? { ...known, roles: new Set(['viewer']) } : known;
      };

      await bench.ask('U0ANN', { kind: 'approve', of: 'checkout-1' });
      const release = await bench.until('checkout-1', 'failed');

      expect(release.ended?.sentence).toContain('U0ANN');
      expect(ran()).toEqual([]);
    },
  );

  test('a hook may be a call, and gets all of a long version', async () => {
    const asked: unknown[] = [];
    const server = createServer(async (call, response) => {
      let body = '';
      for await (const chunk of call) body += chunk;
      asked.push(JSON.parse(body));
      response.writeHead(asked.length === 1 ? 200 : 500).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const marks = { timeoutMs: 20_000, idempotent: false, pointOfNoReturn: false };
    const call: HookPlan = { kind: 'post', url: `http://127.0.0.1:${port}/`, ...marks };
    open({ deploy: call, after_switch: call });

    const version = `registry.example.com:5000/shop/web:2@sha256:${'0123456789abcdef'.repeat(4)}`;
    await bench.ask('U0RITA', { kind: 'release', service: 'checkout', version });
    const release = await bench.until('checkout-1', 'rolled_back');
    server.close();

    expect(asked).toEqual(
      ['deploy', 'after_switch'].map((name) => ({
        hook: name,
        service: 'checkout',
        release: 'checkout-1',
        side: 'green',
        other_side: 'blue',
        version,
      })),
    );
    expect(release.ended?.sentence).toContain(
      'The call was answered with 500, where 2xx was expected.',
    );
  });

  test('the intent of a hook is committed before it runs', async () => {
    open({ deploy: waiting() });
    await ask();
    await begun();

    const kinds = bench.kinds('checkout-1');
    letGo();
    await bench.until('checkout-1', 'awaiting_acceptance');

    expect(kinds.at(-1)).toBe('hook_started');
    expect(bench.release('checkout-1').hooks).toEqual([
      {
        seq: expect.any(Number),
        point: 'deploy',
        attempt: 1,
        command: expect.stringContaining('sh -c echo x'),
        at: expect.any(String),
        ended: {
          outcome: 'succeeded',
          sentence: 'sh exited with code 0.',
          ms: expect.any(Number),
        },
        again: false,
      },
    ]);
  });

  test.each(['migrate', 'deploy', 'before_switch'] as const)(
    '%s that fails ends the release as Failed, and nothing was moved',
    async (point) => {
      open({ [point]: noting('echo no space left >&2; exit 4'), after_rollback: noting() });

      const release = await released('failed');

      expect(release.ended?.sentence).toBe(
        `The hook ${point} failed, no traffic was moved. sh exited with code 4; its last words: "no space left". Mend it and ask again.`,
      );
      expect(ran()).toEqual([`${point} green blue 2`]);
      expect(await memories()).toEqual(on('blue'));
      expect(bench.engine.openRelease('checkout')).toBeUndefined();
    },
  );

  test('a hook that is not done in time has failed', async () => {
    open({ deploy: hook('sleep 30', { timeoutMs: 200 }) });

    const release = await released('failed');

    expect(release.ended?.sentence).toContain(
      'sh was not done after 0.2 s and was killed with all its processes.',
    );
  });

  test('after_switch that fails goes back; after_rollback takes down the side that was left', async () => {
    open({ after_switch: noting('exit 1'), after_rollback: noting() });

    const release = await released('rolled_back');

    expect(release.ended?.sentence).toContain('The hook after_switch failed.');
    expect(ran()).toEqual(['after_switch green blue 2', 'after_rollback green blue 2']);
    expect(await memories()).toEqual(on('blue'));
  });

  test('after_completed that fails is told aloud and undoes nothing', async () => {
    open({ after_completed: noting('exit 1') });

    await accepted();

    expect(loud()).toContainEqual(
      'checkout-1: the hook after_completed failed; the traffic stays where it is. sh exited with code 1.',
    );
    expect(await memories()).toEqual(on('green'));
  });

  test('the gates are read again after before_switch', async () => {
    open(
      { before_switch: waiting() },
      { gates: { healthyReadings: 1, minimumHealthy: 'all', timeoutMs: 800 } },
    );
    await ask();
    await begun();
    for (const one of fleet.applications.green) one.failHealth();
    await waitUntil(async () => {
      const replies = await Promise.all(fleet.nodes.map((node) => node.ask('show stat')));
      return replies.every((reply) => /backend_green,g1,.*DOWN/.test(reply));
    });
    letGo();

    const release = await bench.until('checkout-1', 'failed');

    expect(release.ended?.sentence).toContain('A gate refused, nothing was moved. servers healthy');
    expect(await memories()).toEqual(on('blue'));
  });

  test('an aborted release runs after_rollback when nobody is left on the side it went to, with the lock held', async () => {
    open({ after_rollback: noting() });
    await released();
    hold(0);
    await waitUntil(() => fleet.applications.green[0]?.held === 1);

    await rollback('U0RITA');
    await waitUntil(async () => (await memories()).every((side) => side === 'backend_blue'));
    await waitUntil(() => bench.kinds('checkout-1').includes('drain_started'));
    const before = [
      ran(),
      bench.release('checkout-1').state,
      bench.engine.openRelease('checkout')?.id,
    ];
    fleet.applications.green[0]?.letGo();
    await bench.until('checkout-1', 'aborted');

    expect(before).toEqual([[], 'awaiting_acceptance', 'checkout-1']);
    expect(ran()).toEqual(['after_rollback green blue 2']);
  });

  test('a rollback after acceptance runs after_rollback at the end of its drain, and nothing before', async () => {
    open(Object.fromEntries(points.map((point) => [point, noting()])));
    await accepted();
    rmSync(join(folder, 'ran'));

    await rollback('U0RITA');
    await bench.until('checkout-2', 'completed');

    expect(ran()).toEqual(['after_rollback green blue']);
    expect(await memories()).toEqual(on('blue'));
  });

  test('a replan does not deploy the same thing twice', async () => {
    open({ deploy: noting(), before_switch: waiting() });
    await ask();
    await waitUntil(() => ran().length === 2);
    fleet.node(0).writeDisk('active backend_green\n');
    letGo();

    await waitUntil(() => bench.kinds('checkout-1').includes('replanned'));

    expect(ran().filter((line) => line.startsWith('deploy'))).toHaveLength(1);
  });
});
