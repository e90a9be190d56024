import { setTimeout as sleep } from 'node:timers/promises';
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

/** A daemon that systemd starts for its socket takes a while for the first one who comes. */
const listenMs = 30_000;
const pauseMs = 500;

/**
 * Sees that something listens on the host where others are to reach it, and that whoever comes there from the host itself is
 * spoken TLS with: by ssh a host of libvirt in parts answers also where its proxy does not. Throws where it is not so.
 */
export async function seeThatItListens(host: Host, examiner: HostExaminer): Promise<void> {
  const port = placeOfUri(host.peerUri)?.port ?? 0;
  const end = performance.now() + listenMs;
  for (;;) {
    const { listening } = await examiner.examine();
    const { refusal } = await prove(examiner, host, host);
    // A connection that does not come about may be a name or an address of the way to it, which others have and it has not.
    const isHeard = listening === null || listening.includes(port);
    if (isHeard && (refusal === null || refusal.startsWith('no connection'))) return;
    if (performance.now() > end)
      throw new Error(
        isHeard
          ? `it listens at port ${port}, and ${refusal ?? ''}`
          : `nothing listens at port ${port} there`,
      );
    await sleep(pauseMs);
  }
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
