import type { HostConfigurer } from '@ferry/hypervisor';
import {
  type CertificateRole,
  certificateRoles,
  type Host,
  type HostExamination,
  leadsBack,
  placeOfUri,
  rolesOfHost,
  usagesOfRole,
} from '@ferry/model';
import { Refusal } from '../engine/refusal.ts';
import type { Services } from '../engine/services.ts';
import { openRootShells } from './change-host.ts';
import { type GoodCertificates, judgeCertificates, type SignedCertificates } from './judge-certificates.ts';

/** Requests for an authority outside of the controller. */
export interface CertificateRequests {
  readonly host: string;
  readonly names: readonly string[];
  readonly requests: readonly { readonly role: CertificateRole; readonly request: string }[];
}

/** Has keys made on a host, which wait there and never leave it, and requests of certificates for them. Nothing else is changed. */
export async function requestCertificates(
  services: Services,
  nameOrId: string,
  anew: boolean,
): Promise<CertificateRequests> {
  const host = await services.store.hosts.byNameOrId(nameOrId);
  if (host === null) throw new Refusal('host-not-found', `There is no host "${nameOrId}".`);
  const { examiner, configurer } = await openRootShells(services, host);
  try {
    const examination = await examiner.examine();
    const names = namesOf(host, examination);
    const roles = rolesOfHost(examination.certificates);
    const wanted = roles.map((role) => ({ name: role, names, usages: usagesOf(role) }));
    const made = await configurer.request(wanted, anew);
    const requests = roles.map((role) => {
      const request = made[role];
      if (request === undefined)
        throw new Refusal('configure-failed', `${host.name} has made no request for ${role}.`);
      return { role, request };
    });
    return { host: host.name, names, requests };
  } finally {
    examiner.close();
    configurer.close();
  }
}

/** The certificates that were given, for keys that wait on the host. Throws Refusal with all that is wrong with them. */
export async function requireGood(
  host: Host,
  certificates: SignedCertificates,
  {
    configurer,
    examination,
    names,
    at,
  }: {
    readonly configurer: HostConfigurer;
    readonly examination: HostExamination;
    readonly names: readonly string[];
    readonly at: string;
  },
): Promise<GoodCertificates> {
  const roles = rolesOfHost(examination.certificates);
  const keys = await configurer.waitingKeys(certificateRoles);
  const judged = judgeCertificates(certificates, { roles, keys, names, at });
  if (!('problems' in judged)) return judged;
  throw new Refusal(
    'configure-failed',
    `The certificates are not good for ${host.name}, and nothing was changed: ${judged.problems.join('; ')}.`,
  );
}

/** By which names and addresses a host is reached by anybody. */
export function namesOf(host: Host, { hostname, addresses }: HostExamination): string[] {
  const ofUris = [host.uri, host.peerUri].flatMap((uri) => placeOfUri(uri)?.name ?? []);
  const all = [hostname, host.facts?.hostname ?? '', ...ofUris, ...addresses];
  const plain = all.map((name) => name.replace(/\.$/, '')).filter((name) => name !== '' && !leadsBack(name));
  return [...new Set(plain)];
}

function usagesOf(role: CertificateRole): string[] {
  const { server, client } = usagesOfRole[role];
  return [...(server ? ['serverAuth'] : []), ...(client ? ['clientAuth'] : [])];
}
