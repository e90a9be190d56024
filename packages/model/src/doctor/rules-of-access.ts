import { showVersion } from '../check/show-values.ts';
import { knownBad, knownBadPair, type KnownUse } from '../host/known-bad-versions.ts';
import { type DoctorFinding, Findings, onBoth } from './doctor-finding.ts';
import type { DoctorHost } from './doctor-input.ts';

/** Whether the host answers, and by which way. */
export function judgeAnswer({ host }: DoctorHost): DoctorFinding[] {
  const found = new Findings('answers', host.name);
  const way = wayOf(host.uri);
  const compared = { uri: host.uri, way };
  if (host.service.state === 'down')
    return [
      found.error(
        `does not answer: ${host.service.reason}`,
        compared,
        `See that libvirtd runs there and that ${host.uri} is reached from the controller.`,
        onBoth('systemctl status libvirtd virtqemud', 'ss -ltnp | grep -E ":(16509|16514|22) "'),
      ),
    ];
  if (way === 'tcp')
    return [
      found.warning(
        'answers by TCP without encryption: whoever reaches that port is root on the host',
        compared,
        `Use TLS or ssh; TCP is for labs alone.`,
      ),
    ];
  return [found.ok(`answers by ${way}`, compared)];
}

/** By which way a URI of libvirt leads. */
export function wayOf(uri: string): string {
  const transport = /^[a-z]+\+([a-z0-9]+):/i.exec(uri)?.[1];
  if (transport !== undefined) return transport;
  // libvirt's own rule: a name behind the slashes is reached by TLS, and none is this machine.
  if (/^qemu:\/\/[^/]/i.test(uri)) return 'tls';
  return uri.startsWith('qemu:') ? 'unix' : (uri.split(':')[0] ?? uri);
}

/** Whether its own shell is there to be asked. */
export function judgeShell({ host, shell }: DoctorHost): DoctorFinding[] {
  const found = new Findings('shell', host.name);
  if (host.service.state === 'down') return [];
  if (shell.kind === 'examined')
    return [
      found.ok('its shell answers', { family: shell.found.family, systemd: shell.found.units !== null }),
    ];
  return [
    found.unknown(
      `it has no shell: ${shell.why}. Not known are its certificates, clock, names, ports and daemons, and what is seen from it of others`,
      `Add it by ssh (qemu+ssh://USER@${host.name}/system) to have them known, or see to them yourself.`,
    ),
  ];
}

const uses: readonly { readonly use: KnownUse; readonly of: string }[] = [
  { use: 'post-copy-resume', of: 'resuming a broken post-copy' },
  { use: 'emulated-memory', of: 'emulated guests' },
  { use: 'cpu-threads', of: 'guests whose processors have threads' },
  { use: 'shared-tpm', of: 'guests with an emulated TPM' },
  { use: 'encrypted-transfer', of: 'transfers over TLS' },
  { use: 'encrypted-parallel-disks', of: 'disks over TLS on parallel connections' },
];

/** What is known against the versions that the host has. */
export function judgeVersions({ host }: DoctorHost): DoctorFinding[] {
  const { facts, name } = host;
  if (facts === null || host.service.state === 'down') return [];
  const found = new Findings('versions', name);
  const versions = { libvirt: facts.libvirtVersion, QEMU: facts.hypervisorVersion };
  const compared = { libvirt: showVersion(versions.libvirt), qemu: showVersion(versions.QEMU) };
  const findings = uses.flatMap(({ use, of }) =>
    (['libvirt', 'QEMU'] as const).flatMap((program) => {
      const bad = knownBad(program, versions[program], use);
      if (bad === null) return [];
      const fixed = showVersion(bad.below);
      const harm = `${program} ${showVersion(versions[program])} is known bad for ${of}: ${bad.harm} (${bad.source}; Debian: ${bad.debian})`;
      return [
        found.warning(
          harm,
          { ...compared, use, fixedIn: fixed },
          `Upgrade ${program} there to ${fixed} or later.`,
        ),
      ];
    }),
  );
  return findings.length > 0
    ? findings
    : [
        found.ok(
          `libvirt ${compared.libvirt} and QEMU ${compared.qemu}: nothing is known against them`,
          compared,
        ),
      ];
}

/** What is known against moves between the versions of two hosts, and whether the older can take what the newer starts. */
export function judgePairOfVersions(from: DoctorHost, to: DoctorHost): DoctorFinding[] {
  const [source, target] = [from.host.facts, to.host.facts];
  if (source === null || target === null) return [];
  const found = new Findings('versions', from.host.name, to.host.name);
  const compared = {
    source: showVersion(source.hypervisorVersion),
    target: showVersion(target.hypervisorVersion),
  };
  const bad = knownBadPair(source.hypervisorVersion, target.hypervisorVersion);
  if (bad !== null)
    return [
      found.warning(
        `QEMU ${compared.source} to ${compared.target}: ${bad.harm}`,
        compared,
        'Move such guests powered off, or upgrade the source first and restart them.',
      ),
    ];
  if (target.hypervisorVersion < source.hypervisorVersion)
    return [
      found.warning(
        `QEMU ${compared.target} there is older than ${compared.source} here: guests of newer machine types are not taken`,
        compared,
        'Upgrade the target, or start guests with a machine type that both have.',
      ),
    ];
  return [found.ok(`QEMU ${compared.source} to ${compared.target}: nothing is known against it`, compared)];
}

/** Two hosts that are one by what tells hosts apart. */
export function judgeIdentity(from: DoctorHost, to: DoctorHost): DoctorFinding[] {
  const found = new Findings('identity', from.host.name, to.host.name);
  const uuids = [from, to].map(({ host }) => host.facts?.hostUuid ?? null);
  if (uuids[0] !== null && uuids[0] === uuids[1])
    return [
      found.error(
        `both have the host uuid ${uuids[0] ?? ''}: libvirt refuses to migrate between them`,
        { here: uuids[0] ?? null, there: uuids[1] ?? null },
        'Give one of them another (host_uuid in /etc/libvirt/libvirtd.conf or virtqemud.conf), restart its daemon, and add it again.',
        onBoth('uuidgen', 'systemctl restart libvirtd'),
      ),
    ];
  if (from.shell.kind !== 'examined' || to.shell.kind !== 'examined') return [];
  const [here, there] = [from.shell.found.machineId, to.shell.found.machineId];
  if (here === '' || here !== there) return [found.ok('they are two by uuid and machine-id')];
  return [
    found.warning(
      `both have the machine-id ${here}: one was cloned from the other, and DHCP may give them one address`,
      { here, there },
      'Make a new one on one of them, and restart it when it is empty.',
      onBoth('rm /etc/machine-id /var/lib/dbus/machine-id', 'systemd-machine-id-setup'),
    ),
  ];
}
