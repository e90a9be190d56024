import { balancers, textSetting } from './asked-of-hosts.ts';
import { type DoctorFinding, Findings, onBoth } from './doctor-finding.ts';
import type { DoctorHost, DoctorPair } from './doctor-input.ts';

/** Clocks that differ by more make certificates of one host be none yet at another, and jump in guests that move. */
const maxAheadMs = 1_000;

/** The host's clock against the controller's. */
export function judgeClock({ host, shell }: DoctorHost): DoctorFinding[] {
  if (shell.kind !== 'examined') return [];
  const found = new Findings('clock', host.name);
  const { aheadMs, uncertaintyMs } = shell.found.clock;
  const by = `${Math.round(Math.abs(aheadMs))} ms ${aheadMs < 0 ? 'behind' : 'ahead of'} the controller's`;
  const compared = {
    aheadMs: Math.round(aheadMs),
    uncertaintyMs: Math.round(uncertaintyMs),
    most: maxAheadMs,
  };
  if (Math.abs(aheadMs) - uncertaintyMs <= maxAheadMs) return [found.ok(`its clock is ${by}`, compared)];
  return [
    found.warning(`its clock is ${by}`, compared, 'Have both follow a time server.', {
      debian: ['apt-get install chrony', 'chronyc makestep'],
      redhat: ['dnf install chrony', 'systemctl enable --now chronyd', 'chronyc makestep'],
    }),
  ];
}

/** Whether post-copy can be done there. */
export function judgeUserfaultfd({ host, shell }: DoctorHost): DoctorFinding[] {
  if (shell.kind !== 'examined') return [];
  const found = new Findings('userfaultfd', host.name);
  const { userfaultfd } = shell.found;
  const compared = { userfaultfd };
  if (userfaultfd === 'unknown')
    return [
      found.unknown(
        'its kernel does not say whether post-copy can be done',
        'See /proc/sys/vm/unprivileged_userfaultfd there.',
      ),
    ];
  if (userfaultfd !== 'root-only') return [found.ok('QEMU can do post-copy there', compared)];
  return [
    found.warning(
      'its kernel lets root alone have page faults handled: post-copy to it is refused',
      compared,
      'Allow it, if post-copy is wanted; it widens what a process that was taken over can try at the kernel.',
      onBoth(
        'sysctl -w vm.unprivileged_userfaultfd=1',
        'echo vm.unprivileged_userfaultfd=1 > /etc/sysctl.d/60-post-copy.conf',
      ),
    ),
  ];
}

/** What starts or saves guests by itself when a host goes down or comes up. */
export function judgeAutomatisms({ host, shell, autostart }: DoctorHost): DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const starts = new Findings('autostart', host.name);
  if (autostart !== null && autostart.length > 0)
    findings.push(
      starts.noted(
        `${autostart.length === 1 ? '1 guest starts' : `${autostart.length} guests start`} with the host: ${autostart.slice(0, 8).join(', ')}${autostart.length > 8 ? ', …' : ''}. A move takes it from the source first`,
        { guests: autostart.length },
      ),
    );
  if (shell.kind !== 'examined') return findings;
  const { units } = shell.found;
  const guests = units?.['libvirt-guests.service'];
  if (guests?.active === 'active' || guests?.enabled === 'enabled')
    findings.push(
      new Findings('libvirt-guests', host.name).warning(
        'libvirt-guests saves or ends its guests when it is shut down: a drain that is not done by then is overtaken by it',
        { active: guests.active, enabled: guests.enabled },
        'Empty the host before it is shut down (ferry drain), or switch it off where Ferry alone looks after guests.',
        onBoth('systemctl disable --now libvirt-guests'),
      ),
    );
  findings.push(...judgeBalancers(host.name, shell.found));
  return findings;
}

function judgeBalancers(
  host: string,
  { units, processes }: Extract<DoctorHost['shell'], { kind: 'examined' }>['found'],
): DoctorFinding[] {
  const found = new Findings('other-balancers', host);
  const running = balancers.filter(
    ({ unit, program }) => units?.[unit]?.active === 'active' || processes.includes(program),
  );
  const names = [...new Set(running.map(({ name }) => name))];
  if (names.length === 0) return [found.ok('nobody else moves guests there, as far as is known')];
  return [
    found.warning(
      `${names.join(' and ')} ${names.length === 1 ? 'runs' : 'run'} there: guests that two look after are moved, started and fenced by both`,
      { found: names.join(', ') },
      'Leave the guests of a host to one of them.',
    ),
  ];
}

/** Who QEMU runs as. */
export function judgeOwners(from: DoctorHost, to: DoctorHost): DoctorFinding[] {
  const found = new Findings('qemu-owner', from.host.name, to.host.name);
  const [here, there] = [from.host.facts?.qemuOwner ?? null, to.host.facts?.qemuOwner ?? null];
  if (here === null || there === null)
    return [
      found.unknown(
        'a host did not tell which user its QEMU runs as',
        'Compare `id libvirt-qemu` or `id qemu` on both.',
      ),
    ];
  const compared = { here: `${here.uid}:${here.gid}`, there: `${there.uid}:${there.gid}` };
  if (here.uid === there.uid && here.gid === there.gid)
    return [found.ok(`QEMU runs as ${compared.here} on both`, compared)];
  return [
    found.warning(
      `QEMU runs as ${compared.here} here and as ${compared.there} there: on shared disks live moves are refused, or take the disk from its guest`,
      compared,
      'Give it the same numbers on both while no guest runs there, and restart libvirtd. Copied disks are given to the right user by Ferry.',
      {
        debian: [`usermod -u ${here.uid} libvirt-qemu`, 'systemctl restart libvirtd'],
        redhat: [`usermod -u ${here.uid} qemu`, `groupmod -g ${here.gid} qemu`, 'systemctl restart libvirtd'],
      },
    ),
  ];
}

/** Which storage both see. */
export function judgeStorage(from: DoctorHost, to: DoctorHost, { directories }: DoctorPair): DoctorFinding[] {
  const found = new Findings('storage', from.host.name, to.host.name);
  const findings: DoctorFinding[] = [];
  if (directories === null)
    findings.push(
      found.unknown('which storage both see did not show', 'See that both answer, then look again.'),
    );
  for (const { path, isShared } of directories ?? []) {
    const compared = { directory: path, shared: isShared };
    if (isShared === true)
      findings.push(found.ok(`${path} is the same on both: disks there stay where they are`, compared));
    else if (isShared === false)
      findings.push(found.noted(`${path} is each host's own: disks there are copied`, compared));
    else
      findings.push(
        found.unknown(`whether ${path} is the same on both did not show`, 'See that both can write there.'),
      );
  }
  return findings;
}

/**
 * What keeps a disk from being opened twice. The name of the source's lock manager travels with a live migration (`nop` where
 * none is set), and a target with another one refuses it: qemuMigrationCookieParse in libvirt's qemu_migration_cookie.c.
 */
export function judgeLocks(from: DoctorHost, to: DoctorHost): DoctorFinding[] {
  if (from.shell.kind !== 'examined' || to.shell.kind !== 'examined') return [];
  const found = new Findings('locks', from.host.name, to.host.name);
  const [here, there] = [from.shell.found.settings.qemu, to.shell.found.settings.qemu];
  if (here === null || there === null)
    return [
      found.unknown(
        'by what libvirt locks disks is not known: qemu.conf cannot be read',
        'Compare lock_manager in qemu.conf of both.',
      ),
    ];
  const names = { here: textSetting(here['lock_manager']), there: textSetting(there['lock_manager']) };
  if (names.here === names.there)
    return [found.ok(`libvirt locks disks by ${names.here ?? 'nothing'} on both`, names)];
  return [
    found.error(
      `libvirt locks disks by ${names.here ?? 'nothing'} here and by ${names.there ?? 'nothing'} there: it refuses live moves between them, and a guest may start on both`,
      names,
      'Set the same lock_manager in qemu.conf of both, or take it out of both, and restart libvirtd.',
      onBoth('grep -n lock_manager /etc/libvirt/qemu.conf', 'systemctl restart libvirtd'),
    ),
  ];
}

/** Networks of libvirt that the one has and the other lacks, or that stand still. */
export function judgeNetworks(from: DoctorHost, to: DoctorHost): DoctorFinding[] {
  const [here, there] = [from.host.facts, to.host.facts];
  if (here === null || there === null) return [];
  const found = new Findings('networks', from.host.name, to.host.name);
  const names = (networks: typeof here.networks): string[] => networks.map(({ name }) => name);
  const known = to.host.networks.map;
  const missing = names(here.networks).filter(
    (name) => !names(there.networks).includes(Object.hasOwn(known, name) ? (known[name] ?? name) : name),
  );
  if (missing.length === 0)
    return [
      found.ok('every network of libvirt here is there', {
        networks: names(here.networks).join(' ') || null,
      }),
    ];
  return [
    found.warning(
      `${missing.length === 1 ? 'a network' : 'networks'} of libvirt here ${missing.length === 1 ? 'is' : 'are'} not there: ${missing.join(', ')}. Guests plugged into ${missing.length === 1 ? 'it' : 'them'} are refused`,
      { here: names(here.networks).join(' '), there: names(there.networks).join(' ') },
      `Define it there, or have moves do it: ferry host set ${to.host.name} --define-networks (or --map-network).`,
    ),
  ];
}

/** Networks and pools that are defined and stand still. */
export function judgeStopped({ host }: DoctorHost): DoctorFinding[] {
  const found = new Findings('stopped-networks', host.name);
  const stopped = (host.facts?.networks ?? []).filter(({ active }) => !active).map(({ name }) => name);
  if (stopped.length === 0) return [];
  return [
    found.noted(
      `networks that are defined and not started: ${stopped.join(', ')}. A move starts what it needs`,
      { stopped: stopped.join(' ') },
    ),
  ];
}
