import { migrationPorts } from '../asked-of-hosts.ts';
import type { DoctorHost } from '../doctor-input.ts';
import type { FirewallChain, FirewallFacts } from '../host-examination.ts';
import { wayOf } from '../rules-of-access.ts';
import { type DoctorFix, fix, type FixCommand, left, type Mending } from './doctor-fix.ts';
import { addressesOf, type FixPlace, isIpv6 } from './fix-place.ts';

/** What is let in: these addresses, at these ports. */
interface Opening {
  readonly from: readonly string[];
  readonly first: number;
  readonly last: number;
}

/** A port of migrations that the target listened at is not reached from the source. */
export function mendMigrationPorts({ host, way }: FixPlace): Mending {
  if (way?.to.shell.kind !== 'examined')
    return left('what its firewall is like is not known: it has no shell');
  if (way.pair.migration?.outcome === 'open') return left('something else answers there: see what it is');
  const { first, last } = migrationPorts(way.to.shell.found.settings.qemu);
  return openFor(host, way.to, first, last);
}

/** The target's libvirtd is not reached from the source. */
export function mendPeerDaemon({ host, way, authority }: FixPlace): Mending {
  const place = way?.pair.libvirtd ?? null;
  if (way === null || place === null) return left('whether it is reached was not tried');
  const { to } = way;
  if (to.shell.kind !== 'examined') return left('whether it listens is not known: it has no shell');
  if (place.outcome === 'unresolved')
    return left(`${place.name} is a name of its peer URI that leads nowhere here`);
  const { listening } = to.shell.found;
  if (listening === null) return left('whether it listens is not known');
  if (listening.includes(place.port)) return openFor(host, to, place.port, place.port);
  const transport = wayOf(to.host.peerUri);
  if (transport !== 'tls')
    return left(
      transport === 'tcp'
        ? 'TCP is for labs alone: have it reached by TLS (ferry host configure --transport tls)'
        : `nothing listens at port ${place.port} there, and how it is to is yours`,
    );
  return configureFor(to, authority, { transport: 'tls', rotate: false });
}

/** As `ferry host configure` does it, where no other authority's certificates are there. */
export function configureFor(
  host: DoctorHost,
  authority: string | null,
  configure: NonNullable<DoctorFix['configure']>,
): Mending {
  if (host.shell.kind !== 'examined') return left('it has no shell');
  const others = host.shell.found.certificates.filter(
    ({ use, there, certificate }) =>
      use.endsWith('-ca') && there !== false && certificate?.fingerprint !== authority,
  );
  const [other] = others;
  if (other !== undefined)
    return left(
      `its authority at ${other.path} is not this controller's: have that one sign, or say --replace-authority to ferry host configure`,
    );
  const words = `ferry host configure ${host.host.name} --transport ${configure.transport}${configure.rotate ? ' --rotate' : ''}`;
  return fix(host.host.id, `as \`${words}\``, { configure });
}

function openFor(from: DoctorHost, to: DoctorHost, first: number, last: number): Mending {
  if (to.shell.kind !== 'examined') return left('what its firewall is like is not known: it has no shell');
  // What both have is no way between them (libvirt's own bridge has the same on each host).
  const there = addressesOf(to);
  const opening: Opening = { from: addressesOf(from).filter((one) => !there.includes(one)), first, last };
  if (opening.from.length === 0) return left(`which addresses ${from.host.name} has is not known`);
  const { firewall } = to.shell.found;
  const how = openingOf(firewall, opening);
  if (how === null)
    return left(
      firewall.kind === 'none'
        ? `${to.host.name} turns nothing away itself: see what is in between`
        : `what turns it away on ${to.host.name} is not known`,
    );
  const ports = first === last ? `port ${first}` : `ports ${first} to ${last}`;
  const what = `lets ${opening.from.join(', ')} get to TCP ${ports} (${firewall.kind}${how.lasts ? '' : ', until it is restarted: its rules are loaded from no file that is known'})`;
  return fix(to.host.id, what, how);
}

type HowOpened = Pick<DoctorFix, 'edits' | 'commands'> & { readonly lasts: boolean };

function openingOf(firewall: FirewallFacts, opening: Opening): HowOpened | null {
  switch (firewall.kind) {
    case 'firewalld':
      return { edits: [], commands: opening.from.flatMap((one) => byFirewalld(one, opening)), lasts: true };
    case 'ufw':
      return { edits: [], commands: opening.from.map((one) => byUfw(one, opening)), lasts: true };
    case 'nftables':
      return byNftables(firewall.chains, opening);
    case 'none':
    case 'unknown':
      return null;
  }
}

function byFirewalld(address: string, { first, last }: Opening): FixCommand[] {
  const family = isIpv6(address) ? 'ipv6' : 'ipv4';
  const rule = `rule family="${family}" source address="${address}" port port="${range(first, last)}" protocol="tcp" accept`;
  return [['--permanent'], []].map((more) => ({
    run: ['firewall-cmd', ...more, `--add-rich-rule=${rule}`],
    undo: ['firewall-cmd', ...more, `--remove-rich-rule=${rule}`],
  }));
}

function byUfw(address: string, { first, last }: Opening): FixCommand {
  const rule = ['allow', 'proto', 'tcp', 'from', address, 'to', 'any', 'port', range(first, last, ':')];
  return { run: ['ufw', ...rule], undo: ['ufw', 'delete', ...rule] };
}

/** In each chain that turns something away: what one lets through the next may still drop. */
function byNftables(chains: readonly FirewallChain[], { from, first, last }: Opening): HowOpened {
  const ports = range(first, last);
  const rules = chains.flatMap((chain) =>
    (['ip', 'ip6'] as const).flatMap((protocol) => {
      const sources = from.filter((one) => isIpv6(one) === (protocol === 'ip6'));
      if (sources.length === 0 || !['inet', protocol].includes(chain.family)) return [];
      const rule = `${protocol} saddr { ${sources.join(', ')} } tcp dport ${ports} accept`;
      return [{ chain, rule }];
    }),
  );
  const comment = `ferry ${ports} ${from.join(' ')}`.slice(0, 100);
  const line = ({ chain: { family, table, name }, rule }: (typeof rules)[number]): string =>
    `insert rule ${family} ${table} ${name} ${rule} comment "${comment}"`;
  const files = [...new Set(chains.flatMap(({ file }) => file ?? []))];
  return {
    commands: rules.map((one) => ({
      run: ['nft', line(one)],
      undo: ['sh', '-c', removeRule(one.chain, comment)],
    })),
    edits: files.map((path) => ({
      kind: 'append' as const,
      path,
      lines: rules.filter(({ chain }) => chain.file === path).map(line),
      check: ['nft', '-c', '-f', path],
    })),
    lasts: chains.every(({ file }) => file !== null),
  };
}

/** A rule is removed by its number, which nft tells beside it. */
function removeRule({ family, table, name }: FirewallChain, comment: string): string {
  const chain = `${family} ${table} ${name}`;
  return `nft -a list chain ${chain} | sed -n 's/.*comment "${comment}" # handle \\([0-9]*\\)$/\\1/p' | while read n; do nft delete rule ${chain} handle $n; done`;
}

function range(first: number, last: number, between = '-'): string {
  return first === last ? `${first}` : `${first}${between}${last}`;
}
