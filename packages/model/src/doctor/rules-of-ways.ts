import { migrationPorts } from './asked-of-hosts.ts';
import { type DoctorFinding, Findings, onBoth, type RemedyCommands } from './doctor-finding.ts';
import type { DoctorHost, DoctorPair } from './doctor-input.ts';
import type { HostExamination, ReachedPlace } from './host-examination.ts';

const noShell = 'Add both hosts by ssh to have it tried, or try it yourself.';

/** What its own name leads to on the host itself. */
export function judgeOwnName({ host, shell }: DoctorHost): DoctorFinding[] {
  if (shell.kind !== 'examined') return [];
  const found = new Findings('own-name', host.name);
  const { hostname, ownAddresses } = shell.found;
  const compared = { hostname, addresses: ownAddresses.join(' ') || null };
  if (ownAddresses.length === 0)
    return [
      found.warning(
        `its own name ${hostname} leads nowhere on it: libvirt waits for name servers again and again`,
        compared,
        'Have it found, in DNS or in /etc/hosts.',
        onBoth(`echo "ADDRESS ${hostname}" >> /etc/hosts`),
      ),
    ];
  if (ownAddresses.every(leadsBack))
    return [
      found.noted(
        `its own name ${hostname} is its loopback there (${ownAddresses.join(', ')}): others must not have that line`,
        compared,
      ),
    ];
  return [found.ok(`its own name ${hostname} is ${ownAddresses.join(', ')}`, compared)];
}

/** Whether the name by which a target has itself sent to leads there. */
export function judgeName(from: DoctorHost, to: DoctorHost, pair: DoctorPair): DoctorFinding[] {
  const found = new Findings('name', from.host.name, to.host.name);
  const { migration } = pair;
  if (migration === null)
    return [found.unknown('what its name leads to here is not known: no shell on both', noShell)];
  const { name, addresses } = migration;
  const compared = { name, addresses: addresses.join(' ') || null };
  const own = to.shell.kind === 'examined' ? to.shell.found.addresses : [];
  const line = `echo "${own[0] ?? 'ADDRESS'} ${name}" >> /etc/hosts`;
  if (migration.outcome === 'unresolved')
    return [
      found.error(
        `${name}, by which the target has itself sent to, leads nowhere here: no live migration gets there`,
        compared,
        `Have it found here, in DNS or in /etc/hosts, or set migration_host in the target's qemu.conf to its address.`,
        onBoth(line),
      ),
    ];
  if (addresses.every(leadsBack))
    return [
      found.error(
        `${name} is the loopback here (${addresses.join(', ')}): a migration would be sent to this host itself`,
        compared,
        `Take the line with 127.0.1.1 and ${name} out of /etc/hosts here, and have the name found.`,
        onBoth(
          `sed -i -E '/^127\\.0\\.1\\.1[[:space:]].*\\b${name.replaceAll('.', '\\.')}\\b/d' /etc/hosts`,
          line,
        ),
      ),
    ];
  if (own.length > 0 && !addresses.some((one) => own.includes(one)))
    return [
      found.warning(
        `${name} is ${addresses.join(', ')} here, and the target has ${own.slice(0, 6).join(', ')}`,
        { ...compared, own: own.join(' ') },
        'See that it is an address of the target that reaches it (NAT, a load balancer), or correct the name.',
      ),
    ];
  return [found.ok(`${name} is ${addresses.join(', ')} here`, compared)];
}

/** Whether the source's libvirtd gets to the target's. */
export function judgePeerDaemon(from: DoctorHost, to: DoctorHost, { libvirtd }: DoctorPair): DoctorFinding[] {
  const found = new Findings('peer-daemon', from.host.name, to.host.name);
  const uri = to.host.peerUri;
  if (libvirtd === null)
    return [found.unknown(`whether ${uri} is reached from here is not known: no shell here`, noShell)];
  const compared = { peerUri: uri, name: libvirtd.name, port: libvirtd.port, outcome: libvirtd.outcome };
  if (libvirtd.outcome === 'open')
    return [
      found.ok(`${libvirtd.name}:${libvirtd.port} is open from here (${round(libvirtd.ms)} ms)`, compared),
    ];
  return [
    found.error(
      `${wordsOf(libvirtd)}: moves that the hosts make among themselves do not begin`,
      compared,
      `See that the target's libvirtd listens there and its firewall lets this host in, or give the target another --peer-uri.`,
      firewallCommands(to, libvirtd.port, libvirtd.port),
    ),
  ];
}

/** Whether a port of the target's migrations gets through. */
export function judgeMigrationPorts(
  from: DoctorHost,
  to: DoctorHost,
  { migration }: DoctorPair,
): DoctorFinding[] {
  const found = new Findings('migration-ports', from.host.name, to.host.name);
  if (migration === null || to.shell.kind !== 'examined')
    return [found.unknown('whether ports of migrations are open is not known: no shell on both', noShell)];
  if (migration.outcome === 'unresolved') return [];
  const { first, last } = migrationPorts(to.shell.found.settings.qemu);
  const compared = { ports: `${first}-${last}`, tried: migration.port, outcome: migration.outcome };
  if (migration.outcome === 'open' && migration.welcome)
    return [
      found.ok(
        `port ${migration.port} of ${first} to ${last} is open from here (${round(migration.ms)} ms)`,
        compared,
      ),
    ];
  const what =
    migration.outcome === 'open'
      ? `something else answers at ${migration.name}:${migration.port}`
      : wordsOf(migration);
  return [
    found.error(
      `${what}, though the target listened there: no live migration gets through`,
      compared,
      `Open TCP ports ${first} to ${last} of the target for this host.`,
      firewallCommands(to, first, last),
    ),
  ];
}

/** What the way lets through in one piece, and carries. */
export function judgeLink(
  from: DoctorHost,
  to: DoctorHost,
  { migration }: DoctorPair,
  back: DoctorPair | null,
): DoctorFinding[] {
  if (migration === null || migration.outcome !== 'open') return [];
  const findings: DoctorFinding[] = [];
  const mtu = new Findings('mtu', from.host.name, to.host.name);
  const [there, here] = [migration.mtu, back?.migration?.mtu ?? 0];
  const compared = { there, back: here };
  if (there > 0 && here > 0 && there !== here)
    findings.push(
      mtu.warning(
        `packets of ${there} bytes leave from here and of ${here} from there: transfers may hang where the larger get lost`,
        compared,
        'Give both the same MTU, and what is between them at least that.',
        onBoth(`ip link set dev DEVICE mtu ${Math.min(there, here)}`),
      ),
    );
  else if (there > 0) findings.push(mtu.ok(`packets of ${there} bytes`, compared));
  findings.push(judgeLatency(from, to, migration.ms));
  if (migration.bytesPerSecond > 0) {
    const mib = Math.round(migration.bytesPerSecond / 1_048_576);
    const measured = { mibPerSecond: mib, connectMs: round(migration.ms) };
    findings.push(
      new Findings('throughput', from.host.name, to.host.name).noted(
        `${mib} MiB/s over one connection, ${round(migration.ms)} ms to connect`,
        measured,
      ),
    );
  }
  return findings;
}

/** Above it a round trip shows in the pause of each move; the switch-over takes several of them. */
const notedMs = 5;
/** Above it a guest whose memory is fetched page by page as good as stands: 20 pages a second for each of its processors. */
const longMs = 50;

/** How long a connection takes is one round trip, and what both hosts take to answer it. */
function judgeLatency(from: DoctorHost, to: DoctorHost, ms: number): DoctorFinding {
  const found = new Findings('latency', from.host.name, to.host.name);
  const compared = { connectMs: round(ms), long: longMs };
  const figure = `a connection from here to ${to.host.name} takes ${round(ms)} ms`;
  if (ms < notedMs) return found.ok(figure, compared);
  if (ms < longMs)
    return found.noted(`${figure}: guests stand still for some times as long at a switch-over`, compared);
  return found.warning(
    `${figure}: after a switch by post-copy a guest waits as long for each page that is not there yet, and disks that are copied live fall behind`,
    compared,
    'Move by pre-copy between them (post-copy never), and give moves a downtime budget of some of these round trips: `ferry policy set`.',
  );
}

function wordsOf({ name, port, outcome, addresses }: ReachedPlace): string {
  const place = `${name}:${port}${addresses.length === 0 || addresses[0] === name ? '' : ` (${addresses[0] ?? ''})`}`;
  switch (outcome) {
    case 'open':
      return `${place} is open`;
    case 'refused':
      return `${place} is refused: nothing listens there, or a firewall says so`;
    case 'silent':
      return `${place} does not answer: a firewall drops it, or the way is not there`;
    case 'unreachable':
      return `${place} is not reached: there is no route, or a firewall says so`;
    case 'unresolved':
      return `${name} leads nowhere here`;
  }
}

/** On the target, by the firewall that runs there. */
function firewallCommands({ shell }: DoctorHost, first: number, last: number): RemedyCommands {
  const range = first === last ? `${first}` : `${first}-${last}`;
  const firewalld = [`firewall-cmd --permanent --add-port=${range}/tcp`, 'firewall-cmd --reload'];
  const ufw = [`ufw allow ${range.replace('-', ':')}/tcp`];
  const nft = [`nft add rule inet filter input tcp dport ${range} accept`];
  if (shell.kind === 'examined' && runs(shell.found, 'firewalld.service')) return onBoth(...firewalld);
  if (shell.kind === 'examined' && runs(shell.found, 'ufw.service')) return onBoth(...ufw);
  return { debian: nft, redhat: firewalld };
}

function runs({ units }: HostExamination, unit: string): boolean {
  return units?.[unit]?.active === 'active';
}

/** Whether an address leads back to who uses it. */
export function leadsBack(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === '0.0.0.0' || address === '::';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
