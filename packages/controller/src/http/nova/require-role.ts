import { type Caller, hasRole, type ProjectRole } from '@ferry/model';
import { NovaFault } from './nova-fault.ts';

/**
 * Refuses a value in a request that needs more than its route does, a host by its name for one. What the route itself needs
 * is declared with it.
 */
export function requireRole(caller: Caller, role: ProjectRole, rule: string): void {
  if (!hasRole(caller, role)) throw policyFault(rule);
}

/** The refusal in the words of Nova's policies. `rule` without `os_compute_api:`. */
export function policyFault(rule: string): NovaFault {
  return new NovaFault(403, `Policy doesn't allow os_compute_api:${rule} to be performed.`);
}
