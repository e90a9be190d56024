import type { CertificateEnd, Diagnosis, DoctorFinding } from '@ferry/model';
import type { Kysely } from 'kysely';
import { atomically } from '../database/atomically.ts';
import type { Now } from '../database/clock.ts';
import type { Schema } from '../schema/schema.ts';

/** What was found last on the way from one host to another. */
export interface KeptFindings {
  /** UTC ISO 8601. */
  readonly examinedAt: string;
  readonly findings: readonly DoctorFinding[];
}

/** What was found last at a host. */
interface HostReport extends KeptFindings {
  readonly hostId: string;
  readonly host: string;
  readonly certificates: readonly CertificateEnd[];
}

/** What was found last on the way from a host to a peer. */
interface WayReport extends KeptFindings {
  readonly hostId: string;
  readonly host: string;
  readonly peerId: string;
  readonly peer: string;
}

/** When a certificate of a host ends, as it was found last. */
export interface CertificateOfHost extends CertificateEnd {
  readonly host: string;
  readonly examinedAt: string;
}

/** What the doctor found last, of each host and of each way. */
export class DoctorStore {
  readonly #db: Kysely<Schema>;
  readonly #now: Now;

  constructor(db: Kysely<Schema>, now: Now) {
    this.#db = db;
    this.#now = now;
  }

  /** In place of what was found before of the same hosts and ways; of others that stays. */
  async keep({ hosts, pairs }: Diagnosis): Promise<void> {
    const examined_at = this.#now();
    const rows = [
      ...hosts.map(({ hostId, findings, certificates }) => ({
        host_id: hostId,
        peer_id: '',
        findings: JSON.stringify(findings),
        certificates: JSON.stringify(certificates),
        examined_at,
      })),
      ...pairs.map(({ fromId, toId, findings }) => ({
        host_id: fromId,
        peer_id: toId,
        findings: JSON.stringify(findings),
        certificates: '[]',
        examined_at,
      })),
    ];
    await atomically(this.#db, async (tx) => {
      for (const { host_id, peer_id, ...found } of rows)
        await tx
          .insertInto('doctor_report')
          .values({ host_id, peer_id, ...found })
          .onConflict((conflict) => conflict.columns(['host_id', 'peer_id']).doUpdateSet(found))
          .execute();
    });
  }

  /** What was found at a host since a time; null: nobody has looked since. */
  ofHost(hostId: string, since: string): Promise<KeptFindings | null> {
    return this.ofWay(hostId, '', since);
  }

  /** What was found on a way since a time; null: nobody has looked since. */
  async ofWay(fromId: string, toId: string, since: string): Promise<KeptFindings | null> {
    const row = await this.#db
      .selectFrom('doctor_report')
      .select(['examined_at', 'findings'])
      .where('host_id', '=', fromId)
      .where('peer_id', '=', toId)
      .where('examined_at', '>=', since)
      .executeTakeFirst();
    if (row === undefined) return null;
    return { examinedAt: row.examined_at, findings: JSON.parse(row.findings) as DoctorFinding[] };
  }

  /** All that is kept of hosts that are looked after, and of ways between two of them. */
  async all(): Promise<{ readonly hosts: readonly HostReport[]; readonly ways: readonly WayReport[] }> {
    const rows = await this.#db
      .selectFrom('doctor_report')
      .innerJoin('host', 'host.id', 'doctor_report.host_id')
      .leftJoin('host as peer', 'peer.id', 'doctor_report.peer_id')
      .select([
        'doctor_report.host_id',
        'doctor_report.peer_id',
        'doctor_report.findings',
        'doctor_report.certificates',
        'doctor_report.examined_at',
        'host.name',
        'peer.name as peer_name',
      ])
      .where('host.removed_at', 'is', null)
      .where('peer.removed_at', 'is', null)
      .orderBy('host.name')
      .orderBy('peer.name')
      .execute();
    const kept = rows.map((row) => ({
      hostId: row.host_id,
      host: row.name,
      peerId: row.peer_id,
      peer: row.peer_name,
      examinedAt: row.examined_at,
      findings: JSON.parse(row.findings) as DoctorFinding[],
      certificates: JSON.parse(row.certificates) as CertificateEnd[],
    }));
    return {
      hosts: kept.filter(({ peerId }) => peerId === ''),
      ways: kept.flatMap(({ peer, ...way }) => (peer === null ? [] : [{ ...way, peer }])),
    };
  }

  /** When the host was looked at that was not for the longest time; null: one never was. */
  async lastOfAll(): Promise<string | null> {
    const rows = await this.#db
      .selectFrom('host')
      .leftJoin('doctor_report', (join) =>
        join.onRef('doctor_report.host_id', '=', 'host.id').on('doctor_report.peer_id', '=', ''),
      )
      .select('doctor_report.examined_at')
      .where('host.removed_at', 'is', null)
      .execute();
    const times = rows.map(({ examined_at }) => examined_at);
    return times.reduce(
      (oldest, at) => (oldest === null || at === null ? null : at < oldest ? at : oldest),
      times[0] ?? null,
    );
  }
}

/** Certificates of all hosts that are looked after, by host: for metrics. */
export async function certificatesOfHosts(db: Kysely<Schema>): Promise<CertificateOfHost[]> {
  const rows = await db
    .selectFrom('doctor_report')
    .innerJoin('host', 'host.id', 'doctor_report.host_id')
    .select(['host.name', 'doctor_report.certificates', 'doctor_report.examined_at'])
    .where('doctor_report.peer_id', '=', '')
    .where('host.removed_at', 'is', null)
    .orderBy('host.name')
    .execute();
  return rows.flatMap(({ name, certificates, examined_at }) =>
    (JSON.parse(certificates) as CertificateEnd[]).map((one) => ({
      ...one,
      host: name,
      examinedAt: examined_at,
    })),
  );
}
