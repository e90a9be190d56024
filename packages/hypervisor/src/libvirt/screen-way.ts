import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { leadsBack, type LibvirtUri } from '@ferry/libvirt';

/** How a screen is reached: an address that the controller dials, or one that the host dials itself, in its shell. */
export type ScreenWay =
  | { readonly kind: 'tcp'; readonly address: string }
  | { readonly kind: 'shell'; readonly address: string; readonly because: string };

/** Addresses of a name; none where there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

const everywhere: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * The way to a screen that a host says listens somewhere. What the controller dials is the very address by which it
 * reaches the host, whatever the host says: a host must not have it talk to its own ports, or to those of a third. Names
 * are looked up once, and what was found is what is dialled.
 */
export async function screenWay(
  { address: way }: LibvirtUri,
  address: string,
  resolve: Resolve = addressesOf,
): Promise<ScreenWay> {
  const [said = address, ...more] = await resolve(address === '' ? '::' : address);
  const listens = [said, ...more].map((one) => plain(one));
  if (way.kind === 'unix' && way.socket === null) return wayHere(listens);
  const name = 'host' in way ? way.host : null;
  const found = name === null ? [] : (await resolve(name)).map((one) => plain(one));
  // A host whose URI says the loopback is meant to be this machine; one whose name leads there is not.
  const own = name !== null && leadsBack(name) ? found : found.filter((one) => !leadsBack(one));
  const reached = listens.some((one) => everywhere.has(one))
    ? own[0]
    : listens.find((one) => own.includes(one));
  if (reached !== undefined) return { kind: 'tcp', address: reached };
  const places = own.length === 0 ? 'an address of its own' : own.join(', ');
  return {
    kind: 'shell',
    address: listens.some((one) => everywhere.has(one)) ? '127.0.0.1' : said,
    because: leadsBack(said)
      ? `${said} is its host's own loopback`
      : `the controller reaches the host by ${places}, and not by ${said}`,
  };
}

function wayHere(listens: readonly string[]): ScreenWay {
  const isEverywhere = listens.some((one) => everywhere.has(one));
  const here = Object.values(networkInterfaces()).flatMap((all = []) => all.map((one) => plain(one.address)));
  const found = listens.find((one) => leadsBack(one) || here.includes(one));
  if (isEverywhere || found === undefined) return { kind: 'tcp', address: '127.0.0.1' };
  return { kind: 'tcp', address: found };
}

async function addressesOf(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

/** One spelling of an address: of IPv6 the shortest, of an IPv4 address within IPv6 that one. */
function plain(address: string): string {
  if (isIP(address) !== 6 || address.includes('%')) return address;
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short);
  if (mapped === null) return short;
  const bytes = [mapped[1], mapped[2]].map((half) => Number.parseInt(half ?? '', 16));
  return bytes.flatMap((half) => [half >> 8, half & 0xff]).join('.');
}
