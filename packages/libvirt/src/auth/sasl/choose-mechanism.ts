import { mechanisms, type SaslMechanism } from './mechanisms.ts';

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
