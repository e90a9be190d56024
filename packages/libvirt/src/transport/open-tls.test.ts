import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type ConnectOptions } from '../connect.ts';
import type { Connection } from '../rpc/connection.ts';
import { Authority } from './certificates.test-support.ts';
import { listen, TlsFront } from './tls-front.test-support.ts';

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

function attempt(
  port: number,
  parameters: string,
  options: ConnectOptions = {},
  host = 'localhost',
): Promise<Connection> {
  return connect(`test+tls://${host}:${port}/default?${parameters}`, { deadlineMs: 10_000, ...options });
}

function failsWith(code: string, ...words: string[]): unknown {
  const message: unknown = expect.stringMatching(new RegExp(words.join('[^]*')));
  return expect.objectContaining({ code, mayHaveRun: false, message });
}

// Without the openssl program there are no certificates to test with.
describe.skipIf(!hasOpenssl)('TLS', () => {
  let ours: Authority;
  let strangers: Authority;
  let server: { cert: string; key: string };

  beforeAll(() => {
    ours = new Authority();
    strangers = new Authority('Strangers');
    server = ours.issue('server');
  });
  afterAll(() => {
    ours[Symbol.dispose]();
    strangers[Symbol.dispose]();
  });

  test.each(['localhost', '127.0.0.1'])(
    'reaches the daemon by the name %s of its certificate',
    async (host) => {
      const wantsClient = { ca: readFileSync(ours.cert), requestCert: true, rejectUnauthorized: true };
      await using front = await TlsFront.start(server, wantsClient);
      const pki = ours.pki(`good-${host}`, ours);
      const connection = await attempt(front.port, `pkipath=${pki}`, {}, host);
      expect(connection.isOpen).toBe(true);
      await connection.close();
    },
  );

  test('TLS 1.2 is old enough, 1.1 is too old', async () => {
    await using middle = await TlsFront.start(server, { maxVersion: 'TLSv1.2' });
    const pki = ours.pki('versions', ours);
    await (await attempt(middle.port, `pkipath=${pki}`)).close();
    const weak = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await using old = await TlsFront.start(server, weak);
    await expect(attempt(old.port, `pkipath=${pki}`)).rejects.toEqual(failsWith('tls-failed', 'TLS 1.2'));
  });

  test('a server that another CA vouches for is refused, and the CA file is named', async () => {
    await using front = await TlsFront.start(strangers.issue('impostor'));
    const pki = ours.pki('wrong-ca', ours);
    await expect(attempt(front.port, `pkipath=${pki}`)).rejects.toEqual(
      failsWith('tls-failed', `${pki}/cacert.pem`),
    );
  });

  test('a server with a certificate for another name is refused, and both names are said', async () => {
    await using front = await TlsFront.start(ours.issue('elsewhere', { names: 'DNS:elsewhere.example' }));
    const pki = ours.pki('wrong-name', ours);
    const refused = failsWith('tls-failed', 'another name', 'elsewhere.example', 'localhost');
    await expect(attempt(front.port, `pkipath=${pki}`)).rejects.toEqual(refused);
    const byAddress = failsWith('tls-failed', 'another name', '127.0.0.1');
    await expect(attempt(front.port, `pkipath=${pki}`, {}, '127.0.0.1')).rejects.toEqual(byAddress);
  });

  test('a certificate that has expired, or is not meant for servers, is refused for that', async () => {
    const pki = ours.pki('expired', ours);
    await using old = await TlsFront.start(ours.issue('old', { days: -1 }));
    await expect(attempt(old.port, `pkipath=${pki}`)).rejects.toEqual(failsWith('tls-failed', 'expired'));
    await using misused = await TlsFront.start(ours.issue('misused', { purpose: 'clientAuth' }));
    await expect(attempt(misused.port, `pkipath=${pki}`)).rejects.toEqual(
      failsWith('tls-failed', 'serverAuth'),
    );
  });

  test('no_verify is refused unless the caller allows it, which the message tells', async () => {
    await using front = await TlsFront.start(strangers.issue('anybody', { names: 'DNS:anybody.example' }));
    const parameters = `no_verify=1&pkipath=${ours.pki('unverified', null)}`;
    await expect(attempt(front.port, parameters)).rejects.toEqual(
      failsWith('unsupported-uri', 'allowUnverifiedTls'),
    );
    const connection = await attempt(front.port, parameters, { allowUnverifiedTls: true });
    await connection.close();
    await expect(attempt(front.port, 'no_verify=0', { allowUnverifiedTls: true })).rejects.toEqual(
      failsWith('tls-failed', 'cacert.pem'),
    );
  });

  test('a server that leaves after the handshake has rejected us: what we showed is said', async () => {
    await using front = await TlsFront.start(server, {
      requestCert: true,
      rejectUnauthorized: false,
      judge: () => false,
    });
    const withOne = ours.pki('rejected', ours);
    await expect(attempt(front.port, `pkipath=${withOne}`)).rejects.toEqual(
      failsWith('tls-failed', 'rejected our certificate', `${withOne}/clientcert.pem`),
    );
    await expect(attempt(front.port, `pkipath=${ours.pki('naked', null)}`)).rejects.toEqual(
      failsWith('tls-failed', 'rejected our certificate', 'we showed none'),
    );
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'an alert about our certificate is a rejection too, in %s',
    async (version) => {
      const settings = { ca: readFileSync(ours.cert), requestCert: true, rejectUnauthorized: true };
      await using front = await TlsFront.start(server, {
        ...settings,
        minVersion: version,
        maxVersion: version,
      });
      const pki = ours.pki(`stranger-${version}`, strangers);
      await expect(attempt(front.port, `pkipath=${pki}`)).rejects.toEqual(
        failsWith('tls-failed', 'rejected our certificate'),
      );
    },
  );

  test('a server whose first byte is not the one of libvirtd is none', async () => {
    await using front = await TlsFront.start(server, { greeting: Buffer.from('HTTP/1.1 400') });
    await expect(attempt(front.port, `pkipath=${ours.pki('http', ours)}`)).rejects.toEqual(
      failsWith('tls-failed', 'it sent 72'),
    );
  });

  test('what is not TLS is told from what is', async () => {
    const plain = createTcpServer(
      (socket) => void socket.on('error', () => undefined).end('hello, hello, hello'),
    );
    const port = await listen(plain);
    await expect(attempt(port, `pkipath=${ours.pki('plain', ours)}`)).rejects.toEqual(
      failsWith('tls-failed', 'does not speak TLS'),
    );
    plain.close();
  });

  test.each([
    ['before the handshake', false],
    ['after it, with nobody let in', true],
  ])('a server that says nothing %s is given up at the deadline, and let go of', async (_, shakes) => {
    const left = Promise.withResolvers<void>();
    const silent = shakes
      ? createServer({ cert: readFileSync(server.cert), key: readFileSync(server.key) })
      : createTcpServer();
    silent.on('connection', (socket) =>
      socket
        .on('error', () => undefined)
        .on('close', () => left.resolve())
        .resume(),
    );
    const port = await listen(silent);
    const parameters = `pkipath=${ours.pki(`silent-${shakes}`, ours)}`;
    await expect(attempt(port, parameters, { deadlineMs: 300 })).rejects.toEqual(
      failsWith('deadline-exceeded'),
    );
    await left.promise;
    silent.close();
  });

  test('an abort during the handshake ends it', async () => {
    const silent = createTcpServer();
    const aborter = new AbortController();
    silent.on('connection', (socket) => {
      socket.on('error', () => undefined).resume();
      aborter.abort();
    });
    const port = await listen(silent);
    const parameters = `pkipath=${ours.pki('aborted', ours)}`;
    await expect(attempt(port, parameters, { signal: aborter.signal })).rejects.toEqual(failsWith('aborted'));
    silent.close();
  });

  test('files that are missing, broken or of two minds are named before anybody is called', async () => {
    await expect(attempt(1, 'pkipath=/nowhere')).rejects.toEqual(
      failsWith('tls-failed', '/nowhere/cacert.pem', 'pkipath'),
    );
    const broken = ours.pki('broken', ours);
    writeFileSync(join(broken, 'cacert.pem'), 'not a certificate');
    await expect(attempt(1, `pkipath=${broken}`)).rejects.toEqual(failsWith('tls-failed', 'cacert.pem'));
    const mixed = ours.pki('mixed', ours);
    writeFileSync(join(mixed, 'clientkey.pem'), readFileSync(server.key));
    await expect(attempt(1, `pkipath=${mixed}`)).rejects.toEqual(failsWith('tls-failed', 'clientkey.pem'));
    const odd = ours.pki('odd', null);
    mkdirSync(join(odd, 'clientkey.pem'));
    await expect(attempt(1, `pkipath=${odd}`)).rejects.toEqual(
      failsWith('tls-failed', 'clientkey.pem', 'EISDIR'),
    );
  });
});
