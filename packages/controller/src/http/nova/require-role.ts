import { type Caller, hasRole, type ProjectRole } from '@ferry/model';
import { NovaFault } from './nova-fault.ts';

/** Refuses whoever has no role of that strength, in the words of Nova's policies. `rule` without `os_compute_api:`. */
export function requireRole(caller: Caller, role: ProjectRole, rule: string): void {
  if (hasRole(caller, role)) return;
  throw new NovaFault(403, `Policy doesn't allow os_compute_api:${rule} to be performed.`);
}
