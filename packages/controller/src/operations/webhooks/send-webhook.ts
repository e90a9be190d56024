import { createHmac } from 'node:crypto';
import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Networks that no receiver is in: this host, this link, clouds' metadata services, and addresses of many. */
const refusedNetworks = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  // Alibaba's metadata service; those of all others are link-local.
  ['100.100.100.200', 32],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  // AWS's metadata service by IPv6.
  ['fd00:ec2::254', 128],
];

/**
 * Where webhooks are not sent, unless the owner of the controller allows it by name: its own machine and whatever answers
 * there because it is near. Private networks are where receivers are, and are not among them.
 */
export class RefusedAddresses {
  readonly #refused = listOf(refusedNetworks.map(([address, prefix]) => `${address}/${prefix}`));
  readonly #allowed: BlockList;
  readonly #ownAddresses: () => readonly string[];

  /**
   * `allowed`: addresses and networks, `127.0.0.1` or `10.0.0.0/8`. `ownAddresses`: those of this machine, asked each time, as
   * they change.
   */
  constructor(allowed: readonly string[] = [], ownAddresses = addressesOfMachine) {
    this.#allowed = listOf(allowed);
    this.#ownAddresses = ownAddresses;
  }

  /** Whether nothing is sent to an address; whatever is none is refused. */
  has(address: string): boolean {
    const plain = withoutMapping(address);
    const family = isIP(plain);
    if (family === 0) return true;
    const kind = family === 6 ? 'ipv6' : 'ipv4';
    const isOwn = listOf(this.#ownAddresses()).check(plain, kind);
    return (isOwn || this.#refused.check(plain, kind)) && !this.#allowed.check(plain, kind);
  }
}

function addressesOfMachine(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.map(({ address }) => address.replace(/%.*$/, ''));
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of networks) {
    const [address = '', prefix] = one.split('/');
    const isSix = isIP(address) === 6;
    list.addSubnet(address, Number(prefix ?? (isSix ? 128 : 32)), isSix ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** An IPv4 address within IPv6 is that address: mapped (RFC 4291, 2.5.5.2), or translated by NAT64 (RFC 6052). */
function withoutMapping(address: string): string {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(plain) !== 6) return plain;
  const [high = '', low = ''] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split(':').slice(-2);
  const isWithin = /^\[(?:::ffff:|64:ff9b::)/.test(new URL(`http://[${plain}]`).hostname);
  if (!isWithin) return plain;
  const number = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
}

/** What a receiver is told of one event. */
interface WebhookMessage {
  /** The same at every attempt: by it a receiver knows what it was told before. */
  readonly id: string;
  readonly sequence: number;
  readonly at: string;
  readonly kind: string;
  readonly subjectId: string;
  readonly message: string;
}

/** What came of one attempt. A status of 2xx is what tells that it was taken. */
export interface Sent {
  readonly status: number | null;
  /** Null: it was taken. */
  readonly reason: string | null;
}

/** Whither, and with what. */
interface Parcel {
  readonly url: string;
  readonly secret: string;
  readonly message: WebhookMessage;
  readonly now: Date;
  readonly deadlineMs: number;
  readonly refused: RefusedAddresses;
  readonly signal: AbortSignal;
}

/** Bytes of an answer that are read; what it says is not kept. */
const answerBytes = 16 * 1024;

/** `t=…,v1=…`: HMAC-SHA256 of the time, a dot and the body, by the webhook's secret; seconds since 1970. */
function signatureOf(secret: string, seconds: number, body: string): string {
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}

/**
 * Tells a receiver of an event, once. Nothing but a status comes back: no redirect is followed, what the answer says is not
 * kept, and it is connected only to addresses that were looked at. Throws nothing.
 */
export async function sendWebhook(parcel: Parcel): Promise<Sent> {
  const url = new URL(parcel.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A name is looked up where it is connected to; an address is not.
  if (isIP(host) !== 0 && parcel.refused.has(host)) return { status: null, reason: refusal(host, host) };
  const body = JSON.stringify(parcel.message);
  const seconds = Math.floor(parcel.now.getTime() / 1000);
  const options: RequestOptions = {
    method: 'POST',
    agent: false,
    lookup: lookupBut(parcel.refused),
    signal: AbortSignal.any([parcel.signal, AbortSignal.timeout(parcel.deadlineMs)]),
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'ferry-webhook',
      'ferry-event': parcel.message.kind,
      'ferry-delivery': parcel.message.id,
      'ferry-signature': signatureOf(parcel.secret, seconds, body),
    },
  };
  try {
    const status = await answerTo(url, options, body);
    if (status >= 200 && status < 300) return { status, reason: null };
    const redirects = status >= 300 && status < 400;
    return { status, reason: redirects ? 'it redirects, which is not followed' : `it answered ${status}` };
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    const cause = error instanceof Error && error.name === 'AbortError' ? error.cause : error;
    const late = isLate || (cause instanceof Error && cause.name === 'TimeoutError');
    const reason = late ? `no answer within ${parcel.deadlineMs / 1000} s` : messageOf(error);
    return { status: null, reason };
  }
}

/** The status; the answer is read as far as a little, and the connection ended. */
function answerTo(url: URL, options: RequestOptions, body: string): Promise<number> {
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      let bytes = 0;
      const done = (): void => {
        resolve(response.statusCode ?? 0);
        request.destroy();
      };
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > answerBytes) done();
      });
      response.on('end', done);
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** As the system looks names up; a name with any address that is refused has none. */
function lookupBut(refused: RefusedAddresses): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, found) => {
      const addresses = found as unknown as LookupAddress[] | undefined;
      if (error !== null || addresses === undefined) return callback(error, '');
      const bad = addresses.find(({ address }) => refused.has(address));
      if (bad !== undefined) return callback(new Error(refusal(hostname, bad.address)), '');
      if (options.all === true) return callback(null, addresses);
      const [first] = addresses;
      return callback(
        first === undefined ? new Error(`${hostname} has no address`) : null,
        first?.address ?? '',
        first?.family,
      );
    });
  };
}

function refusal(host: string, address: string): string {
  const told = host === address ? address : `${host} is ${address}, which`;
  return `${told} is an address that webhooks are not sent to (see ferry serve --webhook-allow)`;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Of several addresses that were tried, Node names none.
  if (error instanceof AggregateError)
    return error.errors
      .map((one) => messageOf(one))
      .join('; ')
      .slice(0, 300);
  return error.message.slice(0, 300);
}
