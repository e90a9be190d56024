import { leadsBack } from '../rules-of-ways.ts';
import { fix, left, type Mending } from './doctor-fix.ts';
import { addressMeant, type FixPlace, isNameOf } from './fix-place.ts';

/** Its own name leads nowhere on it. */
export function mendOwnName({ host }: FixPlace): Mending {
  if (host.shell.kind !== 'examined') return left('it has no shell');
  const name = host.shell.found.hostname;
  const address = addressMeant(host, null);
  if (!isNameOf(host, name))
    return left(
      `it calls itself "${name}", and is known here as ${host.host.name}: which is meant is not known`,
    );
  if (address === null) return left(severalAddresses(host.host.name));
  return fix(host.host.id, `has ${name} lead to ${address}`, {
    edits: [{ kind: 'hosts', path: '/etc/hosts', drop: [], add: [{ address, name }] }],
  });
}

/** The name by which the other host has itself sent to leads nowhere here, or back to this host. */
export function mendName({ finding, host, way }: FixPlace): Mending {
  const migration = way?.pair.migration ?? null;
  if (way === null || migration === null) return left('what its name leads to here was not tried');
  const { name, outcome, addresses } = migration;
  if (finding.severity === 'warning' && outcome !== 'unresolved' && !addresses.every(leadsBack))
    return left('an address that is not its own may be meant so (NAT, a load balancer)');
  if (!isNameOf(way.to, name))
    return left(
      `${name} is a name that ${way.to.host.name} gives itself, and by nothing here it is its own: have it found yourself`,
    );
  const address = addressMeant(way.to, way.pair);
  if (address === null) return left(severalAddresses(way.to.host.name));
  return fix(host.host.id, `has ${name} lead to ${address}`, {
    edits: [{ kind: 'hosts', path: '/etc/hosts', drop: [name], add: [{ address, name }] }],
  });
}

function severalAddresses(name: string): string {
  return `${name} has several addresses, and no URI of it says which is meant: write the line yourself`;
}
