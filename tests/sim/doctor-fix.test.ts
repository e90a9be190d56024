import { expect, test } from 'vitest';
import { runFerry } from './run-ferry.ts';
import { Stage } from './world.ts';

const certificate = {
  subject: 'CN=host',
  issuer: 'CN=authority',
  names: [],
  notBefore: '2020-01-01T00:00:00.000Z',
  notAfter: '2099-01-01T00:00:00.000Z',
  fingerprint: 'a'.repeat(64),
  signedByAuthority: true,
};
const certificates = (['qemu-ca', 'qemu-server', 'qemu-client'] as const).map((use) => ({
  use,
  path: `/etc/pki/qemu/${use}.pem`,
  there: true,
  certificate,
  key: null,
}));
const shell = { python: '3.13.5', zstd: true, root: true };

/** Hosts of which one has a wrong line of the other, a clock that is ahead, and a firewall that keeps one out. */
async function openStage(): Promise<Stage> {
  const stage = await Stage.open();
  for (const host of stage.world.hosts.values()) {
    host.shell = shell;
    host.examination = { certificates };
  }
  stage.world.host('compute12').namesHere.set('compute11', ['127.0.1.1']);
  stage.world.host('compute13').cutOffFrom.add('compute12');
  stage.world.host('compute12').examination = {
    certificates,
    firewall: {
      kind: 'nftables',
      chains: [{ family: 'inet', table: 'filter', name: 'input', file: null }],
    },
    listening: [22, 16_509],
  };
  stage.world.host('compute11').examination = {
    certificates,
    clock: { aheadMs: 65_000, uncertaintyMs: 1 },
    processes: ['chronyd'],
    userfaultfd: 'root-only',
  };
  return stage;
}

const statesOf = (stage: Stage, host: string): string[] =>
  [...stage.world.host(host).changes.values()].map(({ state }) => state);

test('what would be done is shown, exactly that is done after a yes, and it is looked at again', async () => {
  await using stage = await openStage();
  const shown = await runFerry(stage, ['doctor', '--fix', '--dry-run']);
  expect(shown.out).toContain('on compute11');
  expect(shown.out).toContain('$ chronyc makestep');
  expect(shown.out).toContain('$ sysctl -w vm.unprivileged_userfaultfd=1');
  expect(shown.out).toContain('+10.0.0.1\tcompute11');
  expect(shown.out).toContain(
    "$ nft 'insert rule inet filter input ip saddr { 10.0.0.3 } tcp dport 49152-49215 accept",
  );
  for (const name of ['compute11', 'compute12', 'compute13']) expect(statesOf(stage, name)).toEqual([]);
  const done = await runFerry(stage, ['doctor', '--fix', '--yes']);
  expect(done.out).toContain('fixed: clock');
  expect(done.out).toContain('fixed: name (compute12 -> compute11)');
  expect(done.out).toContain('fixed: migration-ports (compute13 -> compute12)');
  expect(done.out).toMatch(/what was changed is kept in \/var\/lib\/ferry-configure\/[0-9a-f-]+ there/);
  expect(statesOf(stage, 'compute12')).toEqual(['confirmed']);
  const again = await runFerry(stage, ['doctor', '--fix', '--yes']);
  expect(again.out).not.toContain('chronyc');
  expect(statesOf(stage, 'compute11')).toEqual(['confirmed']);
  const audited = await stage.client().audit({});
  expect(audited.filter(({ action }) => action === 'ferry:doctor.fix').map(({ result }) => result)).toContain(
    'done',
  );
});

test('a host that does not answer afterwards is put back, and says so; the others are mended', async () => {
  await using stage = await openStage();
  stage.world.faults.before('compute12', 'configurer.confirm', () => {
    throw new Error('the shell has ended');
  });
  const { hosts } = await stage.client().fixFindings({});
  const one = hosts.find(({ host }) => host === 'compute12');
  expect(one).toMatchObject({
    result: 'not-changed',
    problem: expect.stringContaining('everything was put back') as string,
  });
  expect(one?.fixes.map(({ state }) => state)).toEqual(one?.fixes.map(() => 'not-fixed'));
  expect(stage.world.host('compute12').namesHere.get('compute11')).toEqual(['127.0.1.1']);
  expect(hosts.find(({ host }) => host === 'compute11')?.fixes.map(({ state }) => state)).toEqual([
    'fixed',
    'fixed',
  ]);
});

test('where something else would be done than was shown nothing is, and none but an admin may', async () => {
  await using stage = await openStage();
  const { plan } = await stage.client().fixFindings({ dryRun: true });
  stage.world.host('compute11').namesHere.set('compute12', []);
  await expect(stage.client().fixFindings({ plan })).rejects.toMatchObject({ code: 'fixes-changed' });
  for (const name of ['compute11', 'compute12', 'compute13']) expect(statesOf(stage, name)).toEqual([]);
  await expect(stage.client('operator').fixFindings({})).rejects.toMatchObject({ code: 'forbidden' });
});

test('hosts without a shell, or with one that is not root, are told what to type', async () => {
  await using stage = await openStage();
  stage.world.host('compute12').shell = { ...shell, root: false };
  const { out, code } = await runFerry(stage, ['doctor', '--fix', '--yes', 'compute11', 'compute12']);
  expect(out).toContain('left to you:');
  expect(out).toContain("the shell of compute12 is not root's");
  expect(out).toContain('$ echo "10.0.0.1 compute11" >> /etc/hosts');
  expect(code).toBe(4);
  expect(statesOf(stage, 'compute12')).toEqual([]);
});

test('who follows events of hosts is told how far it is', async () => {
  await using stage = await openStage();
  const end = new AbortController();
  const messages: string[] = [];
  const events = stage.client().events(0, end.signal, { kind: 'host.updated' });
  await stage.client().fixFindings({ hosts: ['compute11'] });
  for await (const { message } of events) {
    messages.push(message);
    if (message.includes('has changed files')) break;
  }
  end.abort();
  expect(messages).toContain('the doctor mends: clock, userfaultfd');
});
