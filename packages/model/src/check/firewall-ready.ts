import { filterNames } from '../firewall/security-group.ts';
import type { InterfaceFacts } from '../instance/domain-facts.ts';
import { bothKinds, type Check, type CheckInput } from './check-input.ts';
import { type Finding, hostSilent, passed, refused } from './finding.ts';

const code = 'firewall-ready';

/** What may reach the guest is held on the target as it is at the source, from before the guest runs there. */
export const firewallReadyCheck: Check = {
  code,
  about: 'the target can hold the security groups and packet filters of the guest',
  kinds: bothKinds,
  judge: (input) => {
    const { domain, groups, targetFilters } = input;
    if (domain === null) return [hostSilent(code, 'source', 'the interfaces of the guest')];
    const own = domain.interfaces
      .flatMap(({ filter }) => filter ?? [])
      .filter((one) => !filterNames.isOurs(one));
    const filters = [...new Set(own)];
    const compared = {
      securityGroups: groups.join(', '),
      filters: filters.join(', '),
      targetFilters: typeof targetFilters === 'string' ? targetFilters : (targetFilters?.length ?? null),
    };
    if (groups.length === 0 && filters.length === 0)
      return [passed(code, 'the guest has no security group and no packet filter', compared)];
    if (targetFilters === null) return [hostSilent(code, 'target', 'its packet filters')];
    if (targetFilters === 'cannot-filter') return [cannotFilter(compared)];
    if (targetFilters === 'not-in-force') return [notInForce(compared)];
    const problems = [
      ...missing(filters, targetFilters, compared),
      ...(groups.length === 0 ? [] : domain.interfaces.flatMap((one) => unfiltered(one, input))),
    ];
    return problems.length > 0 ? problems : [passed(code, 'the target can hold them', compared)];
  },
};

function cannotFilter(compared: Finding['compared']): Finding {
  const remedy =
    "Install libvirt's network filter driver (libvirt-daemon-driver-nwfilter) with iptables and ebtables on the target, or take the groups off: `ferry instance security-group unset`.";
  return refused(code, 'the hypervisor of the target has no packet filters', compared, remedy);
}

function notInForce(compared: Finding['compared']): Finding {
  const remedy =
    'Set net.bridge.bridge-nf-call-iptables and net.bridge.bridge-nf-call-ip6tables to 1 on the target (sysctl), or take the groups off.';
  const message = 'the target shows its packet filters nothing of what passes its bridges';
  return refused(code, message, compared, remedy);
}

function missing(
  filters: readonly string[],
  onTarget: readonly string[],
  compared: Finding['compared'],
): Finding[] {
  return filters
    .filter((name) => !onTarget.includes(name))
    .map((name) => {
      const remedy = `Define it there: \`virsh nwfilter-dumpxml ${name}\` on the source shows it.`;
      return refused(
        code,
        `the target has no packet filter "${name}"`,
        { ...compared, filter: name },
        remedy,
      );
    });
}

/** libvirt's filters stand before the taps of plain bridges and of its own networks, and before nothing else. */
function unfiltered(one: InterfaceFacts, { groups }: CheckInput): Finding[] {
  const { mac, kind, source, virtualPort } = one;
  if ((kind === 'bridge' || kind === 'network') && virtualPort === null) return [];
  const compared = { mac, kind, source, virtualPort, securityGroups: groups.join(', ') };
  const remedy = 'Plug the interface into a Linux bridge or a network of libvirt, or take the groups off.';
  return [refused(code, `no packet filter can stand before the interface ${mac}`, compared, remedy)];
}
