import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseShowStat } from '../../../src/haproxy/replies/show-stat.ts';
import { noCounters } from '../../../src/release/reading.ts';
import { serverName } from '../../../src/release/vocabulary.ts';

const head26 =
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,conn_tot,intercepted,dcon,dses,wrew,connect,reuse,cache_lookups,cache_hits,srv_icur,src_ilim,qtime_max,ctime_max,rtime_max,ttime_max,eint,idle_conn_cur,safe_conn_cur,used_conn_cur,need_conn_est,uweight,agg_server_status,agg_server_check_status,agg_check_status,-,ssl_sess,ssl_reused_sess,ssl_failed_handshake,h2_headers_rcvd,h2_data_rcvd,h2_settings_rcvd,h2_rst_stream_rcvd,h2_goaway_rcvd,h2_detected_conn_protocol_errors,h2_detected_strm_protocol_errors,h2_rst_stream_resp,h2_goaway_resp,h2_open_connections,h2_backend_open_streams,h2_total_connections,h2_backend_total_streams,h1_open_connections,h1_open_streams,h1_total_connections,h1_total_streams,h1_bytes_in,h1_bytes_out,h1_spliced_bytes_in,h1_spliced_bytes_out,';
const server26 =
  'backend_green,g1,0,0,0,0,,0,0,0,,0,,0,0,0,0,UP,1,1,0,0,0,0,0,,1,4,1,,0,,2,0,,0,L7OK,200,0,0,0,0,0,0,0,,,,0,0,0,,,,,-1,,,0,0,0,0,,,,Layer7 check passed,,2,2,3,,,,127.0.0.1:29341,,http,,,,,,,,0,0,0,,,0,,0,0,0,0,0,0,0,0,1,1,,,,-,0,0,0,,,,,,,,,,,,,,,,,,,,,,';
const backend26 =
  'backend_green,BACKEND,0,0,0,0,1,0,0,0,0,0,,0,0,0,0,UP,2,2,0,,0,0,0,,1,4,0,,0,,1,0,,0,,,,0,0,0,0,0,0,,,,0,0,0,0,0,0,0,-1,,,0,0,0,0,,,,,,,,,,,,,,http,roundrobin,,,,,,,0,0,0,0,0,,,0,0,0,0,0,,,,,2,0,0,0,-,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,6,6,462,150,0,0,';

/** Sets fields of a row by column name, the way HAProxy would print them. */
function withFields(row: string, fields: Readonly<Record<string, string>>): string {
  const names = head26.slice(2).split(',');
  const values = row.split(',');
  for (const [name, value] of Object.entries(fields)) values[names.indexOf(name)] = value;
  return values.join(',');
}

const g1 = {
  name: serverName('g1'),
  address: '127.0.0.1:29341',
  status: 'UP',
  check: 'L7OK 200',
  word: 'up',
  health: 'healthy',
  sessions: 0,
  limit: null,
  throttle: null,
  weight: 1,
  backup: false,
};

test('the table of 2.6 is read byte for byte', () => {
  const stat = parseShowStat(`${head26}\n${server26}\n${backend26}\n\n`);

  expect(stat).toEqual({
    kind: 'backend',
    servers: [g1],
    counters: { ...noCounters, averages: [{ requests: 0, ttime: 0 }] },
    queued: 0,
    isDown: false,
  });
});

/** Three have ended, one of them with 503. */
const fourRequests = {
  stot: 4,
  ended: 3,
  hrsp5xx: 1,
  perSecond: 4,
  averages: [{ requests: 3, ttime: 1 }],
};

// Recorded from the three versions: g1 healthy, g2 with failing checks and one request still open.
test.each([
  ['2.6.12', 40857, 42555, fourRequests],
  ['3.2.0', 35959, 37623, fourRequests],
  ['3.4.0', 36137, 38877, fourRequests],
])('the table of %s is read by its column names', (version, port1, port2, counters) => {
  const reply = readFileSync(new URL(`recorded/show-stat-${version}.txt`, import.meta.url), 'utf8');

  const stat = parseShowStat(reply);

  const limit = 100;
  expect(stat).toEqual({
    kind: 'backend',
    servers: [
      { ...g1, address: `127.0.0.1:${port1}`, limit },
      {
        ...g1,
        name: 'g2',
        address: `127.0.0.1:${port2}`,
        limit,
        status: 'DOWN',
        check: 'L7STS 503',
        word: 'down',
        health: 'down',
        sessions: 1,
      },
    ],
    counters,
    queued: 0,
    isDown: false,
  });
});

test("the application's own words cannot make a server look healthy", () => {
  const server = withFields(server26, {
    status: 'DOWN',
    last_chk: '"Sorry, ""down"", UP,1,1"',
    check_status: 'L7STS',
    check_code: '503',
    slim: '100',
    throttle: '40',
    scur: '5',
  });

  const stat = parseShowStat(`${head26}\n${server}\n${backend26}\n\n`);

  expect(stat).toMatchObject({
    servers: [
      {
        ...g1,
        status: 'DOWN',
        check: 'L7STS 503',
        word: 'down',
        health: 'down',
        sessions: 5,
        limit: 100,
        throttle: 40,
      },
    ],
  });
});

test.each([
  ['* L7OK', '200', 'L7OK 200', 'healthy'],
  ['* L7OK', '0', 'L7OK', 'healthy'],
  ['* INI', '', 'INI', 'transitional'],
  ['', '', '', 'healthy'],
])('check %j with code %j is shown as %j and the server is %s', (status, code, check, health) => {
  const server = withFields(server26, { check_status: status, check_code: code });

  const stat = parseShowStat(`${head26}\n${server}\n${backend26}\n\n`);

  expect(stat).toMatchObject({ servers: [{ ...g1, check, health }] });
});

test('a backend that does not exist, a refusal and a torn table are told apart', () => {
  expect(parseShowStat('No such proxy.\n\n')).toEqual({
    kind: 'unreadable',
    why: 'No such proxy.',
  });
  expect(parseShowStat('Permission denied\n\n')).toEqual({
    kind: 'unreadable',
    why: 'Permission denied',
  });
  expect(parseShowStat(`${head26}\n\n`)).toEqual({
    kind: 'unreadable',
    why: 'there is no BACKEND row',
  });
  expect(parseShowStat(`${head26}\n${server26.slice(0, 60)}\n${backend26}\n\n`).kind).toBe(
    'unreadable',
  );
  expect(parseShowStat(`${head26.replace(',ttime,', ',')}\n${backend26}\n\n`).kind).toBe(
    'unreadable',
  );
});
