import type { HostExaminer } from '@ferry/hypervisor';
import {
  type CertificateFile,
  type CertificateUse,
  type ConfiguredTransport,
  type Host,
  placeOfUri,
} from '@ferry/model';
import type { Services } from '../engine/services.ts';

/** Whether one host's certificates are believed by libvirtd of another, or of itself, and the other way round. */
export interface ConfigurationProof {
  readonly from: string;
  readonly to: string;
  /** Why not; null: they believe each other. */
  readonly refusal: string | null;
}

const connectSeconds = 5;
const shellStartMs = 30_000;

/**
 * Has the host, and each other host with a shell and certificates, speak TLS with libvirtd of each other, as libvirt does it.
 * Those that have no certificates yet are left out: they are to be configured still.
 */
export async function proveConfiguration(
  services: Services,
  host: Host,
  examiner: HostExaminer,
  transport: ConfiguredTransport,
): Promise<ConfigurationProof[]> {
  if (transport !== 'tls') return [];
  const proofs = [await prove(examiner, host, host)];
  const others = (await services.store.hosts.list()).filter(
    ({ id, peerUri }) => id !== host.id && isTls(peerUri),
  );
  for (const other of others) {
    const peer = await services.hypervisor
      .host(other.uri)
      .shell?.examiner({ deadlineMs: shellStartMs })
      .catch(() => null);
    if (peer == null) continue;
    try {
      proofs.push(await prove(peer, other, host), await prove(examiner, host, other));
    } finally {
      peer.close();
    }
  }
  return proofs;
}

function isTls(uri: string): boolean {
  return uri.startsWith('qemu+tls:');
}

async function prove(examiner: HostExaminer, from: Host, to: Host): Promise<ConfigurationProof> {
  const place = placeOfUri(to.peerUri);
  const told = { from: from.name, to: to.name };
  if (place === null) return { ...told, refusal: `${to.peerUri} leads to no other host` };
  try {
    const { certificates } = await examiner.examine();
    const of = (use: CertificateUse): CertificateFile | undefined =>
      certificates.find((file) => file.use === use);
    const client = of('libvirt-client');
    const files = {
      authority: of('libvirt-ca')?.path ?? '',
      certificate: client?.path ?? '',
      key: client?.key?.path ?? '',
    };
    return { ...told, ...(await examiner.greet(place, files, connectSeconds)) };
  } catch (error) {
    return { ...told, refusal: error instanceof Error ? error.message : String(error) };
  }
}
