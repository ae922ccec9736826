import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseShowServersConn } from '../../../src/haproxy/replies/show-servers-conn.ts';
import { parseShowServersState } from '../../../src/haproxy/replies/show-servers-state.ts';
import { parseShowSess } from '../../../src/haproxy/replies/show-sess.ts';

const conn26 =
  '# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim idle_cur idle_per_thr[2]\nbackend_blue/b1 3/1 127.0.0.1 20937 - 5000 1 2 2 0 0 -1 0 0 0\nbackend_blue/b2 3/2 127.0.0.1 17348 - 5000 0 1 1 0 0 -1 0 0 0\n\n';

// 3.4 has `served` before used_cur and `idle_sess` after need_est.
test.each([
  ['2.6.12', 40857, 42555],
  ['3.2.0', 35959, 37623],
  ['3.4.0', 36137, 38877],
])('show servers conn of %s is read by header name', (version, port1, port2) => {
  const file = new URL(`recorded/show-servers-conn-${version}.txt`, import.meta.url);

  expect(parseShowServersConn(readFileSync(file, 'utf8'))).toEqual([
    { name: 'g1', address: `127.0.0.1:${port1}`, used: 0 },
    { name: 'g2', address: `127.0.0.1:${port2}`, used: 1 },
  ]);
});

test('show servers conn: another answer or a torn row is not a count of zero', () => {
  expect(parseShowServersConn("Can't find backend.\n\n")).toBeUndefined();
  expect(parseShowServersConn(conn26.replace(' 5000 1 2 2 0 0 -1 0 0 0', ' 50'))).toBeUndefined();
  expect(parseShowServersConn(conn26.replaceAll('used_cur', 'used_now'))).toBeUndefined();
});

const stateHead =
  '1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port\n';

test.each([
  [0, { maint: false, drain: false }],
  [1, { maint: true, drain: false }],
  [4, { maint: false, drain: false }],
  [8, { maint: false, drain: true }],
  [13, { maint: true, drain: true }],
])('show servers state: admin state %i is a mask', (mask, expected) => {
  const row = `3 backend_blue 1 b1 127.0.0.1 2 ${mask} 50 1 0 15 3 3 6 0 0 0 - 20937 - 0 0 - - 0\n`;

  expect(parseShowServersState(`${stateHead}${row}\n`)).toEqual([
    { backend: 'backend_blue', server: 'b1', running: true, weight: 50, ...expected },
  ]);
});

test('show servers state: another format version is not guessed at', () => {
  expect(parseShowServersState(`2\n${stateHead.slice(2)}\n`)).toBeUndefined();
  expect(parseShowServersState("Can't find backend.\n\n")).toBeUndefined();
});

test('show sess: id, source, backend, server and age of each stream', () => {
  const reply =
    '0x5591d3d40ca0: proto=tcpv4 src=127.0.0.1:55684 fe=www be=backend_blue srv=b1 ts=00 epoch=0 age=5m12s calls=2 rate=0 cpu=0 lat=0 rq[f=49c40080h,i=0,an=8000h,rx=,wx=,ax=] rp[f=80400000h,i=0,an=1400000h,rx=59s,wx=,ax=] scf=[8,80h,fd=14] scb=[8,11h,fd=15] exp=1s rc=0 c_exp=\n0x7f2268036750: proto=unix_stream src=unix:1 fe=GLOBAL be=<NONE> srv=<none> ts=00 epoch=0 age=0s calls=1\n\n';

  expect(parseShowSess(reply)).toEqual([
    {
      id: '0x5591d3d40ca0',
      source: '127.0.0.1:55684',
      backend: 'backend_blue',
      server: 'b1',
      age: '5m12s',
    },
    {
      id: '0x7f2268036750',
      source: 'unix:1',
      backend: '<NONE>',
      server: '<none>',
      age: '0s',
    },
  ]);
  expect(parseShowSess('Permission denied\n\n')).toEqual([]);
});
