import type { SecretFacts, SecretRef } from '@ferry/model';
import type { Call } from './call.ts';

/** The secrets that the hypervisor of one host keeps for disks. Values are handed on and never written down anywhere. */
export interface HostSecrets {
  /** The secret that a disk means; null when there is none. */
  secret(ref: SecretRef, call?: Call): Promise<SecretFacts | null>;
  /** Its value; null where it has none or is private. */
  value(ref: SecretRef, call?: Call): Promise<Uint8Array | null>;
  /** Its definition as another host can take it. */
  definition(ref: SecretRef, call?: Call): Promise<string>;
  /** Defines it under the uuid that the definition tells, and gives it that value. */
  ensureDefined(secret: { readonly xml: string; readonly value: Uint8Array }, call?: Call): Promise<void>;
  /** Removes it with its value. Absent is fine. */
  ensureUndefined(uuid: string, call?: Call): Promise<void>;
}
