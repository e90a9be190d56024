import { groupPlacement } from '../server-group/server-group.ts';
import { bothKinds, type Check } from './check-input.ts';
import { noted, passed, refused } from './finding.ts';

const code = 'server-group';

/** What a server group says of where its members are holds after a move as well. */
export const serverGroupCheck: Check = {
  code,
  about: 'the server group allows the instance on the target',
  kinds: bothKinds,
  judge: ({ serverGroup, target }) => {
    if (serverGroup === null) return [passed(code, 'it is in no server group', {})];
    const { group, others, hostNames } = serverGroup;
    const compared = { group: group.name, policy: group.policy, others: others.length };
    if (target === null)
      return [noted(code, `it is in server group ${group.name}; there is no target to judge`, compared)];
    const placement = groupPlacement(group, others, target.id, (id) => hostNames[id] ?? id);
    if (placement.kind === 'refused')
      return [
        refused(
          code,
          placement.because,
          compared,
          `Choose another host, move the other members of server group ${group.name} first, or delete the group: \`openstack server group delete ${group.name}\`.`,
        ),
      ];
    const isLess = placement.preference < 0;
    const message = isLess
      ? `server group ${group.name} would rather have it elsewhere: ${-placement.preference} of its members are on ${target.name}`
      : `server group ${group.name} (${group.policy}) allows it on ${target.name}`;
    return [isLess ? noted(code, message, compared) : passed(code, message, compared)];
  },
};
