import type { DiagnosisBody } from '@ferry/api';
import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage, until } from './world.ts';

const shell = { python: '3.13.5', zstd: true, root: true };

async function openStage(): Promise<Stage> {
  const stage = await Stage.open();
  for (const host of stage.world.hosts.values()) host.shell = shell;
  return stage;
}

const severities = (findings: DiagnosisBody['pairs'][number]['findings'], code: string): string[] =>
  findings.filter((one) => one.code === code).map(({ severity }) => severity);

/** Certificates for migrations as they should be, of one authority. */
function goodCertificates() {
  const certificate = {
    subject: 'CN=host',
    issuer: 'CN=authority',
    names: [],
    notBefore: '2020-01-01T00:00:00.000Z',
    notAfter: '2099-01-01T00:00:00.000Z',
    fingerprint: 'a'.repeat(64),
    signedByAuthority: true,
  };
  return (['qemu-ca', 'qemu-server', 'qemu-client'] as const).map((use) => ({
    use,
    path: `/etc/pki/qemu/${use}.pem`,
    there: true,
    certificate,
    key: null,
  }));
}

const idOf = async (stage: Stage): Promise<string> => (await stage.client().instance('web')).id;

test('every host and every way is looked at, and the hosts are left as they were', async () => {
  await using stage = await openStage();
  await stage.guest({ name: 'web', autostart: true });
  const before = stage.hosts();
  const { hosts, pairs } = await stage.client('operator').doctor({});
  expect(stage.hosts()).toEqual(before);
  expect(stage.world.doors.size).toBe(0);
  expect(hosts.map(({ host }) => host)).toEqual(['compute11', 'compute12', 'compute13']);
  expect(pairs.map(({ from, to }) => `${from} ${to}`)).toHaveLength(6);
  const [pair] = pairs;
  expect(severities(pair?.findings ?? [], 'migration-ports')).toEqual(['ok']);
  // One directory is shared by all hosts, and one is each host's own.
  expect(severities(pair?.findings ?? [], 'storage').toSorted()).toEqual(['info', 'ok']);
  expect(severities(hosts[0]?.findings ?? [], 'autostart')).toEqual(['info']);
  expect(hosts[0]?.findings.find(({ code }) => code === 'cpu-baseline')?.message).toContain('<cpu mode=');
  const measured = await stage
    .client('operator')
    .doctor({ hosts: ['compute11', 'compute12'], measure: true });
  expect(measured.pairs[0]?.findings.find(({ code }) => code === 'throughput')?.message).toContain(
    '100 MiB/s',
  );
});

test('what is wrong is found where it is, printed with its commands, and makes the exit code', async () => {
  await using stage = await openStage();
  stage.world.host('compute12').namesHere.set('compute11', ['127.0.1.1']);
  stage.world.host('compute13').cutOffFrom.add('compute12');
  stage.world.host('compute11').examination = { clock: { aheadMs: 65_000, uncertaintyMs: 1 } };
  const found = await runFerry(stage, ['doctor']);
  expect(found.code).toBe(4);
  expect(found.out).toContain("its clock is 65000 ms ahead of the controller's");
  expect(found.out).toContain('Debian: $ apt-get install chrony');
  expect(found.out).toContain('compute12 -> compute11: ');
  expect(found.out).toContain('compute11 is the loopback here (127.0.1.1)');
  expect(found.out).toMatch(/^FROM \\ TO +compute11 +compute12 +compute13$/m);
  expect(found.out).toMatch(/^compute12 +ERROR 1 +- +ok$/m);
  expect(found.out).toMatch(/^compute13 +ok +ERROR 2 +-$/m);
  const pair = await runFerry(stage, ['doctor', '--pair', 'compute11', 'compute12', '-o', 'json']);
  const { pairs } = JSON.parse(pair.out) as DiagnosisBody;
  expect(pairs.map(({ from, worst }) => `${from} ${worst}`)).toEqual(['compute11 info', 'compute12 error']);
  const one = ['doctor', '--pair', 'compute11', 'compute13'];
  expect((await runFerry(stage, one)).code).toBe(0);
  expect((await runFerry(stage, [...one, '--fail-on', 'warning'])).code).toBe(4);
  expect((await runFerry(stage, ['doctor', '--pair', 'compute11'])).code).toBe(2);
  expect((await runFerry(stage, ['doctor', 'nobody'])).code).toBe(6);
});

test('a host without a shell, one that is silent and one whose shell does not start are told, and hide nothing', async () => {
  await using stage = await openStage();
  stage.world.host('compute11').shell = null;
  stage.world.host('compute12').shell = { ...shell, python: null };
  stage.world.host('compute13').up = false;
  const { hosts, pairs } = await stage.client('operator').doctor({ at: '2031-02-03' });
  const shells = hosts.map(({ findings }) => findings.find(({ code }) => code === 'shell'));
  expect(shells.map((one) => one?.severity)).toEqual(['unknown', 'unknown', undefined]);
  expect(shells[1]?.message).toContain('there is no python3');
  expect(hosts[2]?.worst).toBe('error');
  const between = pairs.find(({ from, to }) => from === 'compute11' && to === 'compute12');
  expect(severities(between?.findings ?? [], 'migration-ports')).toEqual(['unknown']);
  expect(severities(between?.findings ?? [], 'storage').toSorted()).toEqual(['info', 'ok']);
  const silent = pairs.find(({ from, to }) => from === 'compute11' && to === 'compute13');
  expect(silent?.findings.map(({ code, severity }) => `${code} ${severity}`)).toEqual(['answers unknown']);
  await expect(stage.client('reader').doctor({})).rejects.toMatchObject({ code: 'forbidden' });
  await expect(stage.client().doctor({ at: '2031-02-31x' })).rejects.toMatchObject({ code: 'bad-request' });
});

test('what is found is kept, and a move over a way that is closed is refused until it is looked at again', async () => {
  await using stage = await openStage();
  await stage.guest({ name: 'web', directory: '/shared' });
  const move = (): Promise<{ id: string }> =>
    stage.client('operator').migrate('web', { kind: 'live-migration', host: 'compute12' });
  stage.world.host('compute11').cutOffFrom.add('compute12');
  // Certificates of another day say nothing of now.
  await stage.client('operator').doctor({ at: '2031-01-01' });
  const check = await stage.client('operator').check('web', { kind: 'live-migration', host: 'compute12' });
  expect(check.findings.find(({ code }) => code === 'way-ready')?.severity).toBe('info');
  await stage.client('operator').doctor({});
  await expect(move()).rejects.toMatchObject({
    code: 'checks-failed',
    findings: expect.arrayContaining([
      expect.objectContaining({
        code: 'way-ready',
        severity: 'error',
        remedy: expect.stringContaining('ferry doctor --pair compute11 compute12') as string,
      }),
    ]) as unknown,
  });
  stage.world.host('compute11').cutOffFrom.clear();
  await stage.client('operator').doctor({ hosts: ['compute11', 'compute12'] });
  expect(await stage.over((await move()).id)).toMatchObject({ status: 'completed' });
});

test('the controller has all hosts looked at by itself, once in each interval', async () => {
  await using stage = await openStage();
  await stage.guest({ name: 'web', directory: '/shared' });
  stage.world.host('compute11').cutOffFrom.add('compute12');
  await stage.crash();
  await stage.start({ doctorIntervalMs: 3_600_000 });
  await until('the way is known', async () => {
    const check = await stage.client('operator').check('web', { kind: 'live-migration', host: 'compute12' });
    return check.findings.some(({ code, severity }) => code === 'way-ready' && severity === 'error') || null;
  });
  const looks = (): number =>
    stage.world.faults.calls.filter((call) => call.endsWith('examiner.examine')).length;
  expect(looks()).toBe(3);
  // Another controller, or the same one later, finds that it was done.
  await stage.crash();
  const done = stage.world.faults.calls.length;
  await stage.start({ doctorIntervalMs: 3_600_000, watchIntervalMs: 10 });
  await stage.calledSince(done, 'compute13', 'facts');
  expect(looks()).toBe(3);
});

const target = (host: string) => ({ kind: 'live-migration', host }) as const;

test('memory goes encrypted where both hosts are known to be able, in the clear by word, and a policy can insist', async () => {
  await using stage = await openStage();
  await stage.guest({ name: 'web', directory: '/shared' });
  const finding = async (host: string, more = {}): Promise<string> => {
    const { findings } = await stage.client().check('web', { ...target(host), ...more });
    const found = findings.find(({ code }) => code === 'transfer-encrypted');
    return `${found?.severity}: ${found?.message}`;
  };
  expect(await finding('compute12')).toMatch(/^warning: .* in the clear: the doctor has not looked/);
  for (const name of ['compute11', 'compute12'])
    stage.world.host(name).examination = { certificates: goodCertificates() };
  await stage.client().doctor({});
  expect(await finding('compute12')).toMatch(/^ok: memory and disks go encrypted \(TLS\)/);
  expect(await finding('compute13')).toMatch(/^warning: .*compute13: QEMU has no certificates/);
  expect(await finding('compute12', { encryption: 'none' })).toMatch(/^info: .*as was said/);
  stage.slow();
  const { id } = await stage.client().migrate('web', target('compute12'));
  await stage.sending(await idOf(stage), 'compute11');
  const job = stage.world.host('compute11').domains.get(await idOf(stage))?.job;
  expect(job?.tuning?.encrypted).toBe(true);
  stage.fast();
  await stage.over(id);
  expect((await runFerry(stage, ['migration', 'show', id])).out).toMatch(
    /on the way +memory and disks go encrypted/,
  );
  const back = await runFerry(stage, ['live-migrate', 'web', 'compute11', '--unencrypted', '--wait']);
  expect(back.code).toBe(0);
  const [last] = await stage.client().migrations({ limit: 1 });
  expect((await runFerry(stage, ['migration', 'show', last?.id ?? ''])).out).toMatch(
    /on the way +.*in the clear, as was said/,
  );
  expect(
    (await runFerry(stage, ['policy', 'set', 'all', '--default', '--encryption', 'required'])).code,
  ).toBe(0);
  await expect(stage.client().migrate('web', target('compute13'))).rejects.toMatchObject({
    code: 'checks-failed',
    findings: expect.arrayContaining([
      expect.objectContaining({ code: 'transfer-encrypted', severity: 'error' }),
    ]) as unknown,
  });
  const said = await stage.client().migrate('web', { ...target('compute13'), encryption: 'none' });
  expect(await stage.over(said.id)).toMatchObject({ status: 'completed' });
});
