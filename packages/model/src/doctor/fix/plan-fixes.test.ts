import { describe, expect, test } from 'vitest';
import { diagnose } from '../diagnose.ts';
import type { DoctorHost, DoctorPair } from '../doctor-input.ts';
import type { FirewallFacts, HostExamination } from '../host-examination.ts';
import { sampleCertificates, sampleDoctorHost, sampleDoctorInput } from '../sample-doctor.test-support.ts';
import type { FixPlan } from './doctor-fix.ts';
import { planFixes } from './plan-fixes.ts';

const authority = 'a'.repeat(64);

function hostAt(name: string, address: string, examined: Partial<HostExamination> = {}): DoctorHost {
  return sampleDoctorHost(name, {
    examined: { addresses: [address, '192.168.122.1'], ownAddresses: [address], ...examined },
    host: { uri: `qemu+ssh://root@${address}/system`, peerUri: `qemu+tls://${address}/system` },
  });
}

function planOf(
  one: Partial<HostExamination>,
  other: Partial<HostExamination>,
  change: Partial<DoctorPair> = {},
  roots = ['alpha', 'beta'],
): FixPlan {
  const hosts = [hostAt('alpha', '10.0.0.1', one), hostAt('beta', '10.0.0.2', other)] as const;
  const input = sampleDoctorInput(...hosts, change);
  const ids = hosts.filter(({ host }) => roots.includes(host.name)).map(({ host }) => host.id);
  return planFixes({ input, diagnosis: diagnose(input), authority, roots: new Set(ids) });
}

const silent = { port: 49_152, outcome: 'silent', ms: 0, mtu: 0, welcome: false, bytesPerSecond: 0 } as const;
const closed = { migration: { ...silent, name: 'beta', addresses: ['10.0.0.2'] } };
const named = (name: string, addresses: readonly string[]): Partial<DoctorPair> => ({
  migration: { ...silent, name, addresses, outcome: addresses.length === 0 ? 'unresolved' : 'silent' },
});
const runsOf = ({ fixes }: FixPlan) =>
  fixes.flatMap(({ commands }) => commands.map(({ run }) => run.join(' ')));
const whyOf = ({ left }: FixPlan, code: string) => left.find(({ finding }) => finding.code === code)?.why;

test('nothing is wrong, nothing is done', () => {
  expect(planOf({}, {}).fixes).toEqual([]);
});

describe('names', () => {
  test('the loopback line goes, and a line with the address that its URI names comes', () => {
    const { fixes } = planOf({}, {}, named('beta', ['127.0.1.1']));
    expect(fixes.find(({ code }) => code === 'name')?.edits).toEqual([
      { kind: 'hosts', path: '/etc/hosts', drop: ['beta'], add: [{ address: '10.0.0.2', name: 'beta' }] },
    ]);
  });
  test('what a host calls itself beyond its own name is written nowhere', () => {
    const plan = planOf({}, {}, named('gamma', []));
    expect(plan.fixes.map(({ code }) => code)).not.toContain('name');
    expect(whyOf(plan, 'name')).toContain('a name that beta gives itself');
    expect(whyOf(planOf({}, {}, named('beta\n10.9.9.9 gamma', [])), 'name')).toContain('gives itself');
  });
  test('several addresses, none of them named by a URI, are nobody to choose from', () => {
    const more = { addresses: ['10.1.0.2', '10.2.0.2'] };
    expect(whyOf(planOf({}, more, named('beta', [])), 'name')).toContain('several addresses');
    const lies = { addresses: ['10.0.0.2; reboot'] };
    expect(whyOf(planOf({}, lies, named('beta', [])), 'name')).toContain('several addresses');
  });
  test('its own name', () => {
    const { fixes } = planOf({ ownAddresses: [] }, {});
    expect(fixes.map(({ code, on, edits }) => [code, on, edits])).toEqual([
      [
        'own-name',
        'id-alpha',
        [{ kind: 'hosts', path: '/etc/hosts', drop: [], add: [{ address: '10.0.0.1', name: 'alpha' }] }],
      ],
    ]);
  });
});

describe('firewalls let the other host in, and nobody else', () => {
  test.each<{ firewall: FirewallFacts; runs: string[] }>([
    {
      firewall: { kind: 'firewalld' },
      runs: ['--permanent ', ''].map(
        (more) =>
          `firewall-cmd ${more}--add-rich-rule=rule family="ipv4" source address="10.0.0.1" port port="49152-49215" protocol="tcp" accept`,
      ),
    },
    { firewall: { kind: 'ufw' }, runs: ['ufw allow proto tcp from 10.0.0.1 to any port 49152:49215'] },
    {
      firewall: {
        kind: 'nftables',
        chains: [
          { family: 'inet', table: 'filter', name: 'input', file: '/etc/nftables.conf' },
          { family: 'ip6', table: 'six', name: 'input', file: null },
        ],
      },
      runs: [
        'nft insert rule inet filter input ip saddr { 10.0.0.1 } tcp dport 49152-49215 accept comment "ferry 49152-49215 10.0.0.1"',
      ],
    },
  ])('$firewall.kind', ({ firewall, runs }) => {
    const plan = planOf({}, { firewall }, closed);
    expect(runsOf(plan)).toEqual(runs);
    expect(plan.fixes.map(({ on }) => on)).toEqual(['id-beta']);
    expect(plan.fixes.flatMap(({ commands }) => commands).every(({ undo }) => undo !== null)).toBe(true);
  });
  test('what is loaded from a file is written there, too', () => {
    const chains = [{ family: 'inet', table: 'filter', name: 'input', file: '/etc/nftables.conf' }];
    const { fixes } = planOf({}, { firewall: { kind: 'nftables', chains } }, closed);
    expect(fixes.flatMap(({ edits }) => edits)).toMatchObject([
      { kind: 'append', path: '/etc/nftables.conf', check: ['nft', '-c', '-f', '/etc/nftables.conf'] },
    ]);
  });
  test.each([
    ['none', 'beta turns nothing away itself'],
    ['unknown', 'is not known'],
  ] as const)('%s', (kind, why) => {
    expect(whyOf(planOf({}, { firewall: { kind } }, closed), 'migration-ports')).toContain(why);
  });
});

test('libvirtd that does not listen is configured for TLS; one that listens is let through to', () => {
  const libvirtd = { ...silent, name: '10.0.0.2', port: 16_514, addresses: ['10.0.0.2'] };
  const deaf = planOf({}, { listening: [22] }, { libvirtd: { ...libvirtd, outcome: 'refused' } });
  expect(deaf.fixes.map(({ configure }) => configure)).toEqual([{ transport: 'tls', rotate: false }]);
  const kept = planOf({}, { firewall: { kind: 'ufw' } }, { libvirtd });
  expect(runsOf(kept)).toEqual(['ufw allow proto tcp from 10.0.0.1 to any port 16514']);
});

test('certificates that end are renewed by this authority, and those of another are for who has that one', () => {
  const ours = planOf(ends(authority), {});
  expect(ours.fixes.map(({ code, configure }) => [code, configure])).toEqual([
    ['certificate', { transport: 'tls', rotate: true }],
  ]);
  expect(whyOf(planOf(ends('b'.repeat(64)), {}), 'certificate')).toContain("is not this controller's");
});
const notAfter = '2031-01-01T00:00:00.000Z';
const expired = {
  subject: 'CN=alpha',
  issuer: 'CN=authority',
  names: ['alpha'],
  notBefore: '2028-12-01T00:00:00.000Z',
  notAfter: '2029-12-31T00:00:00.000Z',
  fingerprint: 'a'.repeat(64),
  signedByAuthority: true,
};
const ends = (fingerprint: string) => ({
  certificates: sampleCertificates({ 'qemu-server': { certificate: expired } }).map((file) =>
    file.use.endsWith('-ca') ? { ...file, certificate: { ...expired, notAfter, fingerprint } } : file,
  ),
});

test.each<{ when: string; found: Partial<HostExamination>; runs: string[] | null }>([
  { when: 'chrony runs', found: { processes: ['chronyd'] }, runs: ['chronyc makestep'] },
  {
    when: 'chrony stands still',
    found: { units: { 'chrony.service': { active: 'inactive', enabled: 'disabled' } } },
    runs: ['systemctl enable --now chrony.service', 'chronyc waitsync 5 0 0 5', 'chronyc makestep'],
  },
  {
    when: 'timesyncd runs',
    found: {
      processes: ['systemd-timesyn'],
      units: { 'systemd-timesyncd.service': { active: 'active', enabled: 'enabled' } },
    },
    runs: ['systemctl restart systemd-timesyncd.service'],
  },
  { when: 'neither is installed', found: {}, runs: null },
])('a clock that is ahead, and $when', ({ found, runs }) => {
  const plan = planOf({ ...found, clock: { aheadMs: 60_000, uncertaintyMs: 1 } }, {});
  expect(runsOf(plan)).toEqual(runs ?? []);
  expect(whyOf(plan, 'clock')?.includes('install one') ?? false).toBe(runs === null);
});

test('a shell that is not root is told so, and what no shell mends is told why', () => {
  const plan = planOf({ userfaultfd: 'root-only', machineId: 'same' }, { machineId: 'same' }, {}, ['beta']);
  expect(plan.fixes).toEqual([]);
  expect(whyOf(plan, 'userfaultfd')).toContain("the shell of alpha is not root's");
  expect(whyOf(plan, 'identity')).toContain('restart of the host');
});
