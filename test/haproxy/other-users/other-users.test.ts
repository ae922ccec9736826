import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeRoute } from '../../../src/haproxy/routes/make-route.ts';
import { type OtherUsers, otherUserSentences } from '../../../src/release/other-user.ts';
import type { SideTarget } from '../../../src/release/target.ts';
import { nodeName, sides } from '../../../src/release/vocabulary.ts';
import { aColourFleet, colourTarget } from '../../support/colour-fleet.ts';
import { freePort } from '../../support/free-port.ts';
import { aFleet, type TestFleet } from '../../support/haproxy.ts';

const lb1 = nodeName('lb-1');
let fleet: TestFleet;
afterEach(async () => {
  await fleet.end();
});

const make = makeRoute({ mono: () => performance.now(), deadlineMs: 10_000 });
const usersOf = (target: SideTarget): Promise<OtherUsers> => make(target).otherUsers(lb1);
const words = (users: OtherUsers) =>
  sides.flatMap((side) => otherUserSentences(new Map([[lb1, users]]), side));
const withConfig = (target: SideTarget): SideTarget => ({
  ...target,
  nodes: target.nodes.map((node) => ({
    ...node,
    configFile: `file://${fleet.node(0).configFile}`,
  })),
});

test('other keys of the map are told by name, those of the service are not', async () => {
  fleet = await aFleet()
    .withMap(
      'www.example.com backend_blue\nexample.com backend_blue\nm.example.com backend_green\nx web\n',
    )
    .withFrontend('use_backend %[req.hdr(host),lower,map({map},backend_blue)]')
    .start();

  expect(words(await usersOf(fleet.target('www.example.com')))).toEqual([
    'example.com also uses backend_blue',
    'm.example.com also uses backend_green',
  ]);
  expect(
    words(await usersOf(fleet.target(['www.example.com', 'example.com', 'm.example.com']))),
  ).toEqual([]);
});

test('a haproxy.cfg that can be read tells of lines and defaults', async () => {
  fleet = await aFleet()
    .withMap('www.example.com backend_blue\n')
    .withFrontend('use_backend %[req.hdr(host),lower,map({map},backend_blue)]')
    .withSection(
      `frontend api\n    bind 127.0.0.1:${await freePort()}\n    default_backend backend_green\n`,
    )
    .start();
  const target = fleet.target('www.example.com');

  expect(words(await usersOf(target))).toEqual([]);
  expect(words(await usersOf(withConfig(target)))).toEqual([
    expect.stringMatching(
      /^frontend www, line \d+, for keys that are not in the map, also uses backend_blue$/,
    ),
    expect.stringMatching(/^frontend api, line \d+, also uses backend_green$/),
  ]);
});

test('another map, and another backend with the same servers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pm-other-'));
  const other = join(folder, 'other.map');
  writeFileSync(other, 'shop.example.com backend_green\nx backend_web\n');
  fleet = await aFleet()
    .withSection('backend admin\n    server a1 {blue}\n')
    .withSection(
      `frontend second\n    bind 127.0.0.1:${await freePort()}\n    use_backend %[req.hdr(host),map(${other})]\n`,
    )
    .start();

  const found = words(await usersOf(fleet.target()));
  rmSync(folder, { recursive: true });

  expect(found).toEqual([
    expect.stringMatching(/^backend admin also uses 127\.0\.0\.1:\d+ \(backend_blue\/b1\)$/),
    `shop.example.com of ${other} also uses backend_green`,
  ]);
});

test('of a word in the map only haproxy.cfg tells what is made of it', async () => {
  fleet = await aColourFleet().start();
  const target = colourTarget(fleet);

  const guessed = words(await usersOf(target)).filter((one) => !one.startsWith('backend '));
  const known = words(await usersOf(withConfig(target))).filter(
    (one) => !one.startsWith('backend '),
  );

  expect(guessed).toEqual([
    'other.example.com also uses web_blue',
    'other.example.com also uses api_blue',
  ]);
  expect(known).toEqual([
    'other.example.com also uses api_blue',
    'other.example.com also uses web_blue',
    expect.stringContaining('for keys that are not in the map, also uses api_blue'),
    expect.stringContaining('for keys that are not in the map, also uses web_blue'),
  ]);
});

test('a node that does not answer says nothing, one that answers otherwise is told', async () => {
  fleet = await aFleet().start();
  const target = fleet.target();
  await fleet.node(0).stop();

  expect(await usersOf(target)).toEqual({ kind: 'silent' });
  expect(words({ kind: 'unknown', why: 'no' })).toEqual([
    'lb-1 does not tell who else uses blue (no)',
    'lb-1 does not tell who else uses green (no)',
  ]);
});
