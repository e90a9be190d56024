import { NovaFault } from './nova-fault.ts';

/** Refuses what is no UUID, as ids of hosts are since 2.53. */
export function requireUuid(text: string): void {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    throw new NovaFault(400, `Invalid uuid ${text}`);
}
