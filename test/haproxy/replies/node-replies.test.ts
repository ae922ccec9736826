import { expect, test } from 'vitest';
import { parseShowBackend } from '../../../src/haproxy/replies/show-backend.ts';
import { parseShowCliLevel } from '../../../src/haproxy/replies/show-cli-level.ts';
import { parseShowInfo } from '../../../src/haproxy/replies/show-info.ts';
import { splitReplies } from '../../../src/haproxy/replies/split-replies.ts';
import { isSameWorker } from '../../../src/release/worker.ts';

const info =
  'Name: HAProxy\nVersion: 2.6.12-1+deb12u4\nRelease_date: 2026/10/17\nNbthread: 2\nNbproc: 1\nProcess_num: 1\nPid: 8547\nUptime: 0d 0h00m00s\nUptime_sec: 0\nnode: vm\nStopping: 0\nJobs: 6\nUnstoppable Jobs: 1\nBuild info: 2.6.12-1+deb12u4\nStart_time_sec: 1795228404\nTainted: 0\n\n';

test('show info: who answers, which version, and whether a reload has replaced it', () => {
  expect(parseShowInfo(info)).toEqual({
    worker: { pid: 8547, startedAt: 1795228404 },
    version: '2.6.12-1+deb12u4',
    stopping: false,
  });
  expect(parseShowInfo(info.replace('Stopping: 0', 'Stopping: 1'))?.stopping).toBe(true);
});

test.each(['Pid: 8547', 'Start_time_sec: 1795228404', 'Stopping: 0', 'Version: 2.6.12-1+deb12u4'])(
  'show info without its line "%s" is not understood',
  (line) => {
    expect(parseShowInfo(info.replace(`\n${line}\n`, '\n'))).toBeUndefined();
  },
);

test('a worker is known by its pid and its start: the kernel gives out pids again', () => {
  const worker = { pid: 1, startedAt: 2 };

  expect(isSameWorker(worker, { pid: 1, startedAt: 2 })).toBe(true);
  expect(isSameWorker(worker, { pid: 3, startedAt: 2 })).toBe(false);
  expect(isSameWorker(worker, { pid: 1, startedAt: 3 })).toBe(false);
});

test('show cli level', () => {
  expect(parseShowCliLevel('admin\n\n')).toBe('admin');
  expect(parseShowCliLevel('operator\n\n')).toBe('operator');
  expect(parseShowCliLevel('Unknown command\n\n')).toBeUndefined();
});

test('show backend', () => {
  expect(parseShowBackend('# name\nbackend_blue\nbackend_green\n\n')).toEqual(
    new Set(['backend_blue', 'backend_green']),
  );
  expect(parseShowBackend('# name\n\n')).toEqual(new Set());
  expect(parseShowBackend('Permission denied\n\n')).toBeUndefined();
});

test('replies of one line are taken apart at their empty lines, the last one kept whole', () => {
  expect(splitReplies('\nadmin\n\n0x1 a b\n\nx\n\n', 3)).toEqual([
    '\n',
    'admin\n\n',
    '0x1 a b\n\nx\n\n',
  ]);
  expect(splitReplies('\n\n', 2)).toEqual(['\n', '\n']);
  expect(splitReplies('\n', 2)).toBeUndefined();
  expect(splitReplies('No such proxy.\n', 2)).toBeUndefined();
  expect(splitReplies('', 1)).toBeUndefined();
});
