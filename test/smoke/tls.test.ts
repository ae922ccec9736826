import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SmokeCheck } from '../../src/release/plan.ts';
import { nodeName } from '../../src/release/vocabulary.ts';
import { smoke } from '../../src/smoke/smoke.ts';

let folder: string;
let server: Server;
let port: number;
const names: unknown[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=www.example.com -addext subjectAltName=DNS:www.example.com -keyout ${key} -out ${cert}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  );
  server = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (request, response) => {
      names.push('servername' in request.socket ? request.socket.servername : undefined);
      response.end('version=green');
    },
  );
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function asked(tls: NonNullable<SmokeCheck['tls']>) {
  const expect = { status: 200, bodyContains: 'version=green' };
  return smoke(
    { name: 'version', path: '/', headers: {}, expect, tls },
    {
      node: nodeName('lb-1'),
      runtime: 'unix:///unused',
      frontend: `https://127.0.0.1:${port}`,
    },
  );
}

describe('an https frontend', () => {
  test('is asked for the name of the configuration and proven against its authority', async () => {
    const result = await asked({ servername: 'www.example.com', ca: join(folder, 'cert.pem') });

    expect(result.kind).toBe('passed');
    expect(names).toEqual(['www.example.com']);
  });

  test.each([
    ['with another name', 'shop.example.com', 'cert.pem', /shop\.example\.com/],
    ['of another authority', 'www.example.com', undefined, /self[- ]signed certificate/],
    ['without its authority file', 'www.example.com', 'gone.pem', /ENOENT/],
  ])('%s is an error, not a pass', async (_, servername, ca, why) => {
    const tls = ca === undefined ? { servername } : { servername, ca: join(folder, ca) };

    const result = await asked(tls);

    expect(result).toMatchObject({ kind: 'error', sentence: expect.stringMatching(why) });
  });
});
