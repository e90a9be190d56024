import { hostname } from 'node:os';
import type { CallOptions } from '../../rpc/call-options.ts';
import type { SecurityLayer } from '../../rpc/security-layer.ts';
import type { Ticket } from '../kerberos/credential-cache.ts';
import { KerberosError } from '../kerberos/kerberos-error.ts';
import { obtainTicket } from '../kerberos/obtain-ticket.ts';
import { beginSecurityContext, type SecurityContext } from '../kerberos/security-context.ts';
import type { WrapTokens } from '../kerberos/wrap-tokens.ts';
import { GssapiLayer, largestPacketBytes } from './gssapi-layer.ts';
import type { SaslContext } from './sasl-context.ts';
import { type SaslExchange, SaslError } from './sasl-exchange.ts';

/** Where tickets come from; for tests. */
export type TicketSource = (host: string, options: CallOptions) => Promise<Ticket>;

/** Security layers of RFC 4752, 3.3, by their bits. */
const layers = { none: 1, integrity: 2, confidentiality: 4 } as const;

/** Which layer is taken, of those that are offered: a transport that is private needs none, any other needs the last. */
const wanted = {
  private: [layers.none, layers.confidentiality, layers.integrity],
  open: [layers.confidentiality],
} as const;

type Step =
  | { readonly kind: 'begun'; readonly context: SecurityContext }
  | { readonly kind: 'established'; readonly wrap: WrapTokens }
  | { readonly kind: 'done'; readonly layer: SecurityLayer | null };

/**
 * GSSAPI (RFC 4752): Kerberos says who both sides are, and on an open transport encrypts what they say from then on.
 * `rest` gives what is left of the deadline for a ticket to come.
 */
export function gssapi(
  context: SaslContext,
  rest: () => CallOptions,
  ticketFor: TicketSource = obtainTicket,
): SaslExchange {
  let step: Step | null = null;

  async function begin(): Promise<Buffer> {
    // Where no host is named, the daemon is on this one.
    const begun = beginSecurityContext(await ticketFor(context.host ?? hostname(), rest()));
    step = { kind: 'begun', context: begun };
    return begun.token;
  }

  function answer(challenge: Buffer): Buffer {
    switch (step?.kind) {
      case 'begun':
        step = { kind: 'established', wrap: step.context.accept(challenge) };
        // The context stands, and the client has nothing to add; the server's offer is next.
        return Buffer.alloc(0);
      case 'established': {
        const { layer, reply } = chooseLayer(step.wrap, challenge, context.private);
        step = { kind: 'done', layer };
        return reply;
      }
      case 'done':
      case undefined:
        throw new SaslError('the daemon says more than GSSAPI has messages');
    }
  }

  return {
    first: () => asSaslError(begin),
    next: (challenge) => asSaslError(() => Promise.resolve(answer(Buffer.from(challenge ?? [])))),
    get done() {
      return step?.kind === 'done';
    },
    get layer() {
      return step?.kind === 'done' ? step.layer : null;
    },
  };
}

/** RFC 4752, 3.1: the server offers layers and says how much it takes at once; the client chooses and says the same. */
function chooseLayer(
  wrap: WrapTokens,
  challenge: Buffer,
  onPrivate: boolean,
): { layer: SecurityLayer | null; reply: Buffer } {
  const offer = wrap.unwrap(challenge).bytes;
  if (offer.length !== 4) throw new SaslError('the offer of security layers is malformed');
  const offered = offer.readUInt8(0);
  const theirLargest = offer.readUIntBE(1, 3);
  const chosen = wanted[onPrivate ? 'private' : 'open'].find((bit) => (offered & bit) !== 0);
  if (chosen === undefined) {
    throw new SaslError(
      `the daemon agrees on no encryption (it offers layers ${offered}), and the transport has none`,
    );
  }
  const reply = Buffer.alloc(4);
  reply.writeUInt8(chosen);
  if (chosen !== layers.none) reply.writeUIntBE(largestPacketBytes, 1, 3);
  // No name is added: who asks is who the ticket says.
  const wrapped = wrap.wrap(reply, false);
  if (chosen === layers.none) return { layer: null, reply: wrapped };
  const confidential = chosen === layers.confidentiality;
  return { layer: new GssapiLayer(wrap, confidential, theirLargest), reply: wrapped };
}

async function asSaslError<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof KerberosError) throw new SaslError(cause.message, { cause });
    throw cause;
  }
}
