import { beginApExchange } from './ap-exchange.ts';
import type { Ticket } from './credential-cache.ts';
import * as der from './der.ts';
import { decodeGssToken, encodeGssToken, GssTokenId } from './gss-token.ts';
import { KerberosError } from './kerberos-error.ts';
import { WrapTokens } from './wrap-tokens.ts';

/** A security context that the client has begun (GSS_Init_sec_context by Kerberos, RFC 4121). */
export interface SecurityContext {
  /** What the service is to be sent. */
  readonly token: Buffer;
  /** Takes the service's answer; gives what messages are wrapped in from then on. Throws KerberosError. */
  accept(token: Buffer): WrapTokens;
}

/** RFC 4121, 4.1.1: the authenticator's checksum is none, but says what the context is wanted for. */
const checksumType = 0x80_03;
const flags = { mutual: 2, replay: 4, sequence: 8, confidentiality: 16, integrity: 32 } as const;
const errorMessage = 30;

/** Begins a context with a service. Without channel bindings: RFC 4752 has none. */
export function beginSecurityContext(ticket: Ticket): SecurityContext {
  const exchange = beginApExchange(ticket, { type: checksumType, bytes: wantedFlags() });
  return {
    token: encodeGssToken(GssTokenId.request, exchange.request),
    accept: (token) => {
      const { id, message } = decodeGssToken(token);
      if (id === GssTokenId.error) throw new KerberosError(whyRefused(message));
      if (id !== GssTokenId.reply) throw new KerberosError(`a token of GSS-API has the unknown number ${id}`);
      return new WrapTokens(exchange.accept(message));
    },
  };
}

function wantedFlags(): Buffer {
  const bindingBytes = 16;
  const bytes = Buffer.alloc(4 + bindingBytes + 4);
  bytes.writeUInt32LE(bindingBytes);
  const wanted = Object.values(flags).reduce((sum, flag) => sum | flag, 0);
  bytes.writeUInt32LE(wanted, 4 + bindingBytes);
  return bytes;
}

/** KRB-ERROR (RFC 4120, 5.9.1): a number, and perhaps a text. Nobody vouches for it. */
function whyRefused(message: Buffer): string {
  const found = der.decodeMessage(message, errorMessage);
  const text = found.has(11) ? ` (${JSON.stringify(der.textOf(found.get(11)))})` : '';
  return `the service refused the ticket with Kerberos error ${der.integerOf(found.get(6))}${text}`;
}
