import { expect, test } from 'vitest';
import { parseShowProc } from '../../../src/haproxy/replies/show-proc.ts';

const head = '#<PID>          <type>          <reloads>       <uptime>        <version>      \n';
const master = '27545           master          1 [failed: 0]   0d00h01m50s     2.6.12-1+deb12u4\n';
const failed = '27545           master          4 [failed: 2]   0d00h01m50s     2.6.12-1+deb12u4\n';
const worker = '5578            worker          0               0d00h00m00s     2.6.12-1+deb12u4\n';
const old =
  '12006           worker          2               0d00h00m01s     2.6.12-1+deb12u4\n' +
  '12036           worker          1               0d00h00m00s     2.6.12-1+deb12u4\n';

test('2.6 without old workers', () => {
  expect(parseShowProc(`${head}${master}# workers\n${worker}# programs\n\n`)).toEqual({
    reloads: 1,
    failed: 0,
    oldWorkers: [],
  });
});

test('2.6 with the workers that two reloads left behind', () => {
  const reply = `${head}${master}# workers\n${worker}# old workers\n${old}# programs\n\n`;

  expect(parseShowProc(reply)).toEqual({ reloads: 1, failed: 0, oldWorkers: [12006, 12036] });
});

test('3.x ends behind the workers, and after a failed reload lists the one that stays as old', () => {
  expect(parseShowProc(`${head}${master}# workers\n${worker}\n`)?.oldWorkers).toEqual([]);
  expect(parseShowProc(`${head}${failed}# workers\n# old workers\n${worker}\n`)).toEqual({
    reloads: 4,
    failed: 2,
    oldWorkers: [5578],
  });
});

test.each([
  '',
  'Unknown command\n\n',
  `${head}# workers\n${worker}\n`,
  `${head}${master}# workers\n${worker}# old workers\n12006           wor`,
  `${head}${master}# workers\n${worker}# old workers\n12006           someone\n\n`,
])('anything else is not understood: %j', (reply) => {
  expect(parseShowProc(reply)).toBeUndefined();
});
