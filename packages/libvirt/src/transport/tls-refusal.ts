import type { PeerCertificate } from 'node:tls';
import type { TlsCredentials } from './tls-credentials.ts';

/** Says why TLS came to nothing, by the code of Node's or OpenSSL's error, and what to do about it. */
export function tlsRefusal(error: NodeJS.ErrnoException, host: string, { paths }: TlsCredentials): string {
  const { code = '', message } = error;
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the server's certificate is for another name: for ${namesOf(error)}, not for ${host}. Use a name that it has, or have it issued with this one in its subjectAltName`;
    case 'CERT_HAS_EXPIRED':
      return "the server's certificate, or one that vouches for it, has expired: have it renewed";
    case 'CERT_NOT_YET_VALID':
      return "the server's certificate is not valid yet: compare the clocks of both sides";
    case 'CERT_REVOKED':
      return `the server's certificate was revoked (${paths.revoked})`;
    case 'INVALID_PURPOSE':
      return "the server's certificate is not meant for servers: its extended key usage lacks serverAuth";
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_SIGNATURE_FAILURE':
    case 'CERT_UNTRUSTED':
      return `no CA of ${paths.ca} has signed the server's certificate (${message}): the CA file must be the one that the server's certificate was made with`;
    case 'UNABLE_TO_GET_CRL':
    case 'CRL_HAS_EXPIRED':
    case 'CRL_NOT_YET_VALID':
    case 'CRL_SIGNATURE_FAILURE':
      return `the revocation list ${paths.revoked} is of no use (${message}): renew it for every CA of the chain, or remove it`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'what listens there does not speak TLS: the port of +tcp, perhaps?';
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
      return 'the server has no TLS 1.2 or later';
    case 'ECONNRESET':
      return 'the server closed the connection during the handshake: see its log, and whether this is the port of TLS (16514)';
    default:
      return message;
  }
}

/** The names of a certificate that did not fit; Node hands it over with the error. */
function namesOf(error: Error & { readonly cert?: Partial<PeerCertificate> }): string {
  return error.cert?.subjectaltname ?? `CN=${error.cert?.subject?.CN ?? '?'} alone`;
}

/** Says that the server turned us away after the handshake, which libvirtd does without a word. */
export function clientRefusal({ identity, paths }: TlsCredentials, cause: string): string {
  const ours =
    identity === null
      ? `we showed none, for ${paths.cert} and ${paths.key} are not there`
      : `we showed ${paths.cert}: it must be signed by the server's CA, be valid today, and stand in tls_allowed_dn_list if there is one`;
  return `the server rejected our certificate or our address (${cause}); ${ours}`;
}
