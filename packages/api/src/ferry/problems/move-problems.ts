import type { ProblemTable } from './request-problems.ts';

/** What is refused of instances, and of moves, rehearsals and plans. */
export const moveProblems = {
  'instance-not-found': {
    status: 404,
    message: 'There is no such instance.',
    remedy: 'See `ferry instance list`; take one in with `ferry instance adopt`.',
  },
  'migration-not-found': {
    status: 404,
    message: 'There is no such migration.',
    remedy: 'See `ferry migration list`.',
  },
  'plan-not-found': {
    status: 404,
    message: 'There is no such plan.',
    remedy: 'See `ferry plan list`.',
  },
  'plan-state': {
    status: 409,
    message: 'The plan is not in a state for that.',
    remedy: 'See `ferry plan show PLAN`: it says where it stands.',
  },
  'plan-overlaps': {
    status: 409,
    message: 'Another plan that is carried out has to do with the same hosts or instances.',
    remedy: 'Wait for its end, or cancel it: `ferry plan list --open`.',
  },
  'plan-stale': {
    status: 409,
    message: 'The fleet is another one than the plan was made for.',
    remedy: 'Plan anew, look at it, and apply it then: `ferry plan replan PLAN`.',
  },
  'balancer-not-found': {
    status: 404,
    message: 'There is no balancer of that name.',
    remedy: 'List them: `ferry balancer list`.',
  },
  'too-many-plans': {
    status: 409,
    message: 'There are as many plans as there may be.',
    remedy: 'Delete some that are over: `ferry plan delete PLAN`.',
  },
  'migration-not-held': {
    status: 409,
    message: 'The migration is not waiting to be confirmed or reverted.',
    remedy: 'See `ferry migration show ID`; only one that was asked for with --hold and has finished waits.',
  },
  'instance-exists': {
    status: 409,
    message: 'The instance is already registered.',
    remedy: 'Nothing needs to be done; see `ferry instance list`.',
  },
  'runs-elsewhere': {
    status: 409,
    message: 'Another host runs a domain with the same uuid.',
    remedy:
      'If both are one guest, end the copy that is not wanted first. If they are two, give one another uuid: a guest is known by it.',
  },
  'instance-busy': {
    status: 409,
    message: 'The instance is busy with another operation.',
    remedy: 'Wait for it to end, or abort it: `ferry migration abort ID`.',
  },
  'instance-state': {
    status: 409,
    message: 'The instance is not in a valid state for this action.',
    remedy: 'See what it is and what is being done to it: `ferry instance show INSTANCE`.',
  },
  'checks-failed': {
    status: 409,
    message: 'The move is not possible as asked.',
    remedy: 'See the findings: each says what was compared and how to mend it.',
  },
  'migration-not-abortable': {
    status: 409,
    message: 'The migration is past the point where it can be undone.',
    remedy: 'Wait for it to end, then migrate back.',
  },
  'migration-not-changeable': {
    status: 409,
    message: 'The transfer of this migration cannot be changed.',
    remedy: 'See the message, and `ferry migration show ID` for where it stands.',
  },
  'nothing-to-keep': {
    status: 409,
    message: 'There are no two copies of the instance to choose from.',
    remedy: 'See `ferry instance show INSTANCE` for where it is and what is wrong with it.',
  },
  'keep-not-possible': {
    status: 409,
    message: 'What the hosts show does not allow one copy to be kept and the others to be ended.',
    remedy: 'See the message: it names the host, what it shows, and what to do there. Then ask again.',
  },
  'policy-not-found': {
    status: 404,
    message: 'There is no such policy.',
    remedy: 'See `ferry policy list`; make one with `ferry policy set NAME`.',
  },
  'policy-contradicts': {
    status: 400,
    message: 'The policy contradicts itself.',
    remedy:
      'See the message: it names each pair with its values. `ferry policy effective INSTANCE` shows who said what.',
  },
  'policy-taken': {
    status: 409,
    message: 'Another policy is for the same subject.',
    remedy: 'Change that one, or delete it first: `ferry policy list`.',
  },
  'label-not-found': {
    status: 404,
    message: 'No instance has that label.',
    remedy:
      'Give it to an instance first: `openstack server set --tag LABEL`, or `--property KEY=VALUE` for a label KEY=VALUE.',
  },
  'server-group-not-found': {
    status: 404,
    message: 'There is no such server group.',
    remedy: 'See `openstack server group list`.',
  },
  'server-refused': {
    status: 400,
    message: 'An instance cannot be created like that.',
    remedy: 'See the message: it names each thing that is wrong.',
  },
  'no-valid-host': {
    status: 400,
    message: 'No host can take the instance or the volume.',
    remedy:
      'An administrator who asks for the same is told of each host why not; the log of the controller has it, too.',
  },
} as const satisfies ProblemTable;
