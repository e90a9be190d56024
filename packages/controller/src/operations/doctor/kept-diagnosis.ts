import { type Diagnosis, worstOf } from '@ferry/model';
import type { Services } from '../engine/services.ts';

interface Examined {
  /** UTC ISO 8601. */
  readonly examinedAt: string;
}

/** What was found last, whoever looked: somebody who asked, or the controller by itself. */
interface KeptDiagnosis {
  /** When the host was looked at that was not for the longest time; null: none was yet. */
  readonly at: string | null;
  readonly hosts: readonly (Diagnosis['hosts'][number] & Examined)[];
  readonly pairs: readonly (Diagnosis['pairs'][number] & Examined)[];
}

/** Reads what the last looks have found. No host is asked. */
export async function keptDiagnosis({ store }: Services): Promise<KeptDiagnosis> {
  const { hosts, ways } = await store.doctor.all();
  const times = hosts.map(({ examinedAt }) => examinedAt).toSorted();
  return {
    at: times[0] ?? null,
    hosts: hosts.map(({ hostId, host, findings, certificates, examinedAt }) => ({
      hostId,
      host,
      worst: worstOf(findings),
      findings,
      certificates,
      examinedAt,
    })),
    pairs: ways.map(({ hostId, host, peerId, peer, findings, examinedAt }) => ({
      fromId: hostId,
      toId: peerId,
      from: host,
      to: peer,
      worst: worstOf(findings),
      findings,
      examinedAt,
    })),
  };
}
