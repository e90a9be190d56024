import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const shell = { python: '3.13.5', zstd: true, root: true };

/** Hosts by themselves, without systemd and without a certificate. */
async function openStage(): Promise<Stage> {
  const stage = await Stage.open();
  for (const host of stage.world.hosts.values()) {
    host.shell = shell;
    host.examination = {
      units: null,
      settings: { qemu: {}, libvirtd: {}, listener: '/etc/libvirt/libvirtd.conf' },
      certificates: [
        { use: 'qemu-ca', path: '/ca.pem', there: false, certificate: null, key: null },
        {
          use: 'qemu-server',
          path: '/cert.pem',
          there: false,
          certificate: null,
          key: { path: '/key.pem', there: false, mode: 0, uid: 0, gid: 0 },
        },
      ],
    };
  }
  return stage;
}

const textOf = ({ content }: { readonly content: string | { readonly waitingKey: string } }): string =>
  typeof content === 'string' ? content : `the key that waits as ${content.waitingKey}`;

/** What was changed of a host, and what became of it. */
const changesOf = (stage: Stage, host: string) => [...stage.world.host(host).changes.values()];

test('what would be done is said, and then done once: certificates that its authority has signed, settings, restart', async () => {
  await using stage = await openStage();
  const planned = await runFerry(stage, [
    'host',
    'configure',
    'compute11',
    '--transport',
    'tcp',
    '--dry-run',
  ]);
  expect(planned.code).toBe(0);
  expect(planned.out).toContain('+ /key.pem (0640)');
  expect(planned.out).toContain('+ listen_tcp = 1');
  expect(planned.out).toContain('WARNING: TCP without authentication is for labs alone');
  expect(changesOf(stage, 'compute11')).toEqual([]);
  // Other hosts are not told to reach one by a URI of a simulation: the way by ssh leaves that as it is.
  const done = await runFerry(stage, ['host', 'configure', 'compute11', '--transport', 'ssh', '--yes']);
  expect(done).toMatchObject({
    code: 0,
    out: expect.stringContaining('compute11: configured, and it answers') as string,
  });
  const [made] = changesOf(stage, 'compute11');
  expect(made?.state).toBe('confirmed');
  const content = Object.fromEntries((made?.change.files ?? []).map((file) => [file.path, textOf(file)]));
  const authority = new X509Certificate(content['/ca.pem'] ?? '');
  const certificate = new X509Certificate(content['/cert.pem'] ?? '');
  expect(certificate.checkIssued(authority) && certificate.verify(authority.publicKey)).toBe(true);
  expect(certificate.subjectAltName).toContain('compute11');
  expect(certificate.keyUsage).toEqual(expect.arrayContaining(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']));
  expect(content['/key.pem']).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  const key = join(stage.dataDirectory, 'host-authority/ca.key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(stage.dataDirectory, 'host-authority/ca.crt'), 'utf8').trim()).toBe(
    content['/ca.pem']?.trim(),
  );
});

test('a host that does not answer afterwards has everything put back, and what is not told is refused', async () => {
  await using stage = await openStage();
  const configure = (host: string) => stage.client().configureHost(host, { transport: 'ssh' });
  stage.world.faults.before('compute11', 'configurer.confirm', () => {
    throw new Error('the shell has ended');
  });
  await expect(configure('compute11')).rejects.toMatchObject({
    code: 'configure-failed',
    message: expect.stringContaining('everything was put back') as string,
  });
  expect(changesOf(stage, 'compute11').map(({ state }) => state)).toEqual(['undone']);
  stage.world.host('compute12').shell = null;
  await expect(configure('compute12')).rejects.toMatchObject({
    code: 'configure-failed',
    message: expect.stringContaining('gives no shell') as string,
  });
  stage.world.host('compute12').shell = { ...shell, root: false };
  await expect(configure('compute12')).rejects.toMatchObject({
    message: expect.stringContaining("is not root's") as string,
  });
  stage.world.host('compute13').up = false;
  await expect(configure('compute13')).rejects.toMatchObject({ code: 'host-unreachable' });
  await expect(configure('nobody')).rejects.toMatchObject({ code: 'host-not-found' });
  await expect(
    stage.client('operator').configureHost('compute11', { transport: 'ssh' }),
  ).rejects.toMatchObject({ code: 'forbidden' });
  for (const name of ['compute12', 'compute13']) expect(changesOf(stage, name)).toEqual([]);
});

test('the certificate of an authority that somebody else has put there stays, unless one says otherwise', async () => {
  await using stage = await openStage();
  const host = stage.world.host('compute11');
  const [, server] = host.examination.certificates ?? [];
  if (server === undefined) throw new Error('it has a place for one');
  const theirs = { use: 'qemu-ca', path: '/ca.pem', there: true, certificate: null, key: null } as const;
  host.examination = { ...host.examination, certificates: [theirs, server] };
  const words = ['host', 'configure', 'compute11', '--transport', 'ssh'];
  const planned = await runFerry(stage, [...words, '--dry-run']);
  expect(planned.out).toContain("WARNING: /ca.pem is of an authority that is not this controller's");
  const refused = await runFerry(stage, [...words, '--yes']);
  expect(refused).toMatchObject({
    code: 1,
    err: expect.stringContaining('has the certificate of another authority at /ca.pem') as string,
  });
  expect(changesOf(stage, 'compute11')).toEqual([]);
  expect((await runFerry(stage, [...words, '--yes', '--replace-authority'])).code).toBe(0);
  expect(changesOf(stage, 'compute11').map(({ state }) => state)).toEqual(['confirmed']);
});

test('an authority of your own signs for keys that stay on the host; what is not good is refused with all that is wrong', async () => {
  await using stage = await openStage();
  const client = stage.client();
  const { names, requests } = await client.requestCertificates('compute11', {});
  expect(names).toContain('compute11');
  expect(requests.map(({ role }) => role)).toEqual(['qemu']);
  // Asked again, it is the same key: what is being signed stays good.
  expect((await client.requestCertificates('compute11', {})).requests).toEqual(requests);
  expect((await client.requestCertificates('compute11', { anew: true })).requests).not.toEqual(requests);
  const configure = (certificate: string) =>
    client.configureHost('compute11', {
      transport: 'ssh',
      certificates: { authority: certificate, signed: [{ role: 'qemu', certificate }] },
    });
  await expect(configure('none')).rejects.toMatchObject({
    code: 'configure-failed',
    message: expect.stringContaining('has no certificate in it') as string,
  });
  expect(changesOf(stage, 'compute11')).toEqual([]);
  await expect(stage.client('operator').requestCertificates('compute11', {})).rejects.toMatchObject({
    code: 'forbidden',
  });
});
