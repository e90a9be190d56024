import type { Credentials } from '../credentials.ts';
import { SaslError, type SaslExchange } from './sasl-exchange.ts';
import { scram } from './scram.ts';

/** What bears on the choice of a mechanism. */
export interface MechanismChoice {
  /** What the daemon offers. */
  readonly offered: readonly string[];
  /** The mechanism that the URI names (`auth=sasl.NAME`); null where any will do. */
  readonly wanted: string | null;
  /** Whether nobody can read the transport. */
  readonly private: boolean;
  /** Whether there is a user name and a password. */
  readonly password: boolean;
}

/** The mechanism to use; or for each that the daemon offers why it cannot be. */
export type ChosenMechanism =
  | { readonly kind: 'chosen'; readonly mechanism: SaslMechanism }
  | { readonly kind: 'none'; readonly reasons: readonly string[] };

/** Chooses the best mechanism that both sides have and that the transport and the credentials allow. */
export function chooseMechanism(choice: MechanismChoice): ChosenMechanism {
  const { offered, wanted } = choice;
  const names = offered.map((name) => name.toUpperCase());
  const asked = wanted?.toUpperCase() ?? null;
  if (asked !== null && !names.includes(asked)) {
    return {
      kind: 'none',
      reasons: [`${asked}, which the URI wants, is not offered: ${names.join(', ') || 'nothing is'}`],
    };
  }
  const candidates = asked === null ? names : [asked];
  const best = mechanisms.find(
    (mechanism) => candidates.includes(mechanism.name) && objection(choice) === null,
  );
  if (best !== undefined) return { kind: 'chosen', mechanism: best };
  const reasons = candidates.map((name) => {
    const known = mechanisms.find((mechanism) => mechanism.name === name);
    return `${name}: ${known === undefined ? whyNotHere(name) : objection(choice)}`;
  });
  return { kind: 'none', reasons: reasons.length === 0 ? ['the daemon offers no mechanism'] : reasons };
}

function whyNotHere(name: string): string {
  return name === 'GSSAPI' || name === 'GSS-SPNEGO'
    ? "this host's libvirtd asks for Kerberos (GSSAPI), which Ferry does not speak: use qemu+tls or qemu+ssh"
    : 'this client does not have it';
}

function objection(choice: MechanismChoice): string | null {
  if (!choice.private) return 'it does not encrypt, and neither does the transport: use +tls';
  if (!choice.password) {
    return 'no user name and password were given: pass credentials, or write them to auth.conf';
  }
  return null;
}

/** A SASL mechanism that proves a password. None of them encrypts: that is the transport's. */
interface SaslMechanism {
  readonly name: string;
  readonly exchange: (credentials: Credentials) => SaslExchange;
}

/** Those that this client has, in the order in which they are tried. */
const mechanisms: readonly SaslMechanism[] = [
  { name: 'SCRAM-SHA-512', exchange: (credentials) => scram('sha512', credentials) },
  { name: 'SCRAM-SHA-256', exchange: (credentials) => scram('sha256', credentials) },
  { name: 'SCRAM-SHA-1', exchange: (credentials) => scram('sha1', credentials) },
  { name: 'PLAIN', exchange: plain },
];

/** PLAIN (RFC 4616): the password as it is. Only for transports that nobody can read. */
function plain({ username, password }: Credentials): SaslExchange {
  if (username.includes('\0') || password.includes('\0')) {
    throw new SaslError('a user name or password with a zero character cannot be sent');
  }
  return {
    first: () => Promise.resolve(Buffer.from(`\0${username}\0${password}`, 'utf8')),
    next: () => Promise.reject(new SaslError('PLAIN has one message only, yet the daemon wants another')),
    done: true,
  };
}
