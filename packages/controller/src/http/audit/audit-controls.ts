import type { AuditQuery, AuditRecord, NewAudit } from '../../store/operations/audit-store.ts';

/** Who did something. */
export type Actor = Pick<NewAudit, 'userId' | 'userName' | 'projectId'>;

/** What the audit log is written and read by. */
export interface AuditControls {
  /** Whose token it is; null for one that is nobody's. */
  actorOf(token: string): Promise<Actor | null>;
  audit(record: NewAudit): Promise<void>;
  auditLog(query: AuditQuery): Promise<readonly AuditRecord[]>;
}
