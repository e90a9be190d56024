import { payFirewallDebts } from '../operations/security-groups/pay-firewall-debts.ts';
import type { Services } from '../operations/engine/services.ts';

/** Tells hosts that were away of the changes of security groups that they have missed. */
export async function settleFirewalls(services: Services): Promise<void> {
  await payFirewallDebts(services);
}
