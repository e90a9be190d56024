/**
 * The closed list of what the API can refuse, with its HTTP status and what the reader can do.
 * `message` is the usual sentence; an answer says more, with the values of the case.
 */
export const problems = {
  unauthorized: {
    status: 401,
    message: 'The token is missing or invalid.',
    remedy:
      'Send "Authorization: Bearer TOKEN"; the first token stands in the data directory of `ferry serve`.',
  },
  forbidden: {
    status: 403,
    message: 'The role of this token does not allow that.',
    remedy: 'Use a token of a higher role: reader < operator < admin.',
  },
  'session-origin-refused': {
    status: 403,
    message: 'The session of the dashboard is for its own page alone.',
    remedy:
      'Programs send a token of their own (`Authorization: Bearer` or `X-Auth-Token`) and no cookie. Behind a proxy, name it (`--trusted-proxy`) and the address by which browsers reach it (`--public-url`).',
  },
  'sign-in-refused': {
    status: 401,
    message: 'The user, the password or the project is not right.',
    remedy:
      'Which of them is not told. The first user is "admin"; its password stands in `admin.password` of the data directory.',
  },
  'bad-request': {
    status: 400,
    message: 'The request is malformed.',
    remedy: 'Correct the named fields and send it again.',
  },
  'marker-not-found': {
    status: 400,
    message: 'The entry that the page starts after no longer exists.',
    remedy: 'Begin with the first page again, without a marker.',
  },
  'too-slow': {
    status: 408,
    message: 'The request timed out.',
    remedy: 'Look at the way between client and controller, and send it again.',
  },
  'too-many-connections': {
    status: 503,
    message: 'This controller has reached its limit of connections.',
    remedy: 'Close some that are not used, or try again in a while.',
  },
  'route-not-found': {
    status: 404,
    message: 'There is no such endpoint.',
    remedy: 'See /ferry/v1/openapi.json for the endpoints there are.',
  },
  'host-not-found': {
    status: 404,
    message: 'There is no such host.',
    remedy: 'See `ferry host list`; add one with `ferry host add URI`.',
  },
  'instance-not-found': {
    status: 404,
    message: 'There is no such instance.',
    remedy: 'See `ferry instance list`; take one in with `ferry instance adopt`.',
  },
  'domain-not-found': {
    status: 404,
    message: 'The host runs no such domain.',
    remedy: 'See `ferry host show HOST` for what it runs.',
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
  'webhook-not-found': {
    status: 404,
    message: 'There is no such webhook.',
    remedy: 'See `ferry webhook list`; make one with `ferry webhook add URL`.',
  },
  'webhook-taken': {
    status: 409,
    message: 'There is a webhook of that name already.',
    remedy: 'Name another with --name, or delete that one: `ferry webhook delete NAME`.',
  },
  'no-console': {
    status: 409,
    message: 'The instance has no console of that kind that can be reached.',
    remedy:
      "See the message. A serial console is a `<serial type='pty'>` of the domain, a screen a `<graphics type='vnc'>` that listens where the controller reaches it.",
  },
  'console-unreachable': {
    status: 409,
    message: "The controller cannot reach the instance's screen.",
    remedy: 'See the message: it says what was tried and what would help.',
  },
  'console-in-use': {
    status: 409,
    message: 'The console is in use.',
    remedy: 'Wait for them to leave, or take it over: `ferry console INSTANCE --force`.',
  },
  'console-refused': {
    status: 401,
    message: 'The console token is unknown or has expired.',
    remedy: 'Ask for a new one: `openstack console url show SERVER`, `ferry console INSTANCE`.',
  },
  'console-origin-refused': {
    status: 403,
    message: "Consoles may only be opened from the controller's own pages.",
    remedy:
      'Open the address as it was given. Name pages elsewhere that may show consoles: `ferry serve --console-origin https://…`.',
  },
  'too-many-consoles': {
    status: 503,
    message: 'This controller has reached its limit of open consoles.',
    remedy: 'Close some that nobody looks at, or try again in a while.',
  },
  'fence-needed': {
    status: 409,
    message: 'The host has not been fenced.',
    remedy:
      'Set a hook (`ferry serve --fence-hook`), or power the host off yourself and say so: `ferry host fence HOST --powered-off`.',
  },
  'fence-failed': {
    status: 502,
    message: 'The hook did not power the host off.',
    remedy:
      'See what it says; or power the host off yourself and say so: `ferry host fence HOST --powered-off`.',
  },
  'configure-failed': {
    status: 502,
    message: 'The host was not configured.',
    remedy: 'See the message: it says why, and what became of what was changed.',
  },
  'fixes-changed': {
    status: 409,
    message: 'What the doctor would do is not what was shown.',
    remedy: 'Have it shown again, and say yes to that: `ferry doctor --fix`.',
  },
  'host-answers': {
    status: 409,
    message: 'The host answers.',
    remedy: 'Move its instances live or cold: nothing is lost then.',
  },
  'migration-not-held': {
    status: 409,
    message: 'The migration is not waiting to be confirmed or reverted.',
    remedy: 'See `ferry migration show ID`; only one that was asked for with --hold and has finished waits.',
  },
  'name-ambiguous': {
    status: 409,
    message: 'The name is ambiguous.',
    remedy: 'Name it by its id.',
  },
  'host-exists': {
    status: 409,
    message: 'The host is already registered.',
    remedy: 'Nothing needs to be done; see `ferry host list`.',
  },
  'host-in-use': {
    status: 409,
    message: 'Instances or migrations are recorded on that host.',
    remedy: 'Move the instances away, or forget them: `ferry instance forget`; wait for migrations to end.',
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
  'security-group-not-found': {
    status: 404,
    message: 'There is no such security group.',
    remedy: 'See `ferry security-group list`; make one with `ferry security-group create NAME`.',
  },
  'rule-not-found': {
    status: 404,
    message: 'The security group has no such rule.',
    remedy: 'See `ferry security-group show GROUP`.',
  },
  'security-group-exists': {
    status: 409,
    message: 'A security group with that name already exists.',
    remedy: 'Choose another name, or add rules to the one there is.',
  },
  'rule-exists': {
    status: 409,
    message: 'The security group already has that rule.',
    remedy: 'Nothing needs to be done; see `ferry security-group show GROUP`.',
  },
  'security-group-in-use': {
    status: 409,
    message: 'The security group is in use by instances.',
    remedy: 'Take it off them first: `ferry instance security-group set INSTANCE`.',
  },
  'firewall-not-possible': {
    status: 409,
    message: 'No packet filter can be applied to that instance.',
    remedy:
      "See the message: the host needs libvirt's network filter driver, and the interface a Linux bridge or a network of libvirt.",
  },
  'image-not-found': {
    status: 404,
    message: 'The host has no such base image.',
    remedy:
      'See `ferry image list --host HOST`. Ferry removes base images alone: those that disks stand on, or that it brought.',
  },
  'image-in-use': {
    status: 409,
    message: 'The base image is in use, or may be.',
    remedy: 'See the message: remove or move what stands on it first.',
  },
  'library-image-not-found': {
    status: 404,
    message: 'The library has no such image.',
    remedy: 'See `openstack image list`.',
  },
  'library-image-exists': {
    status: 409,
    message: 'An image with that id already exists.',
    remedy: 'Leave the id away: the library gives one.',
  },
  'library-image-protected': {
    status: 403,
    message: 'The image is protected.',
    remedy: 'Take the protection away first: `openstack image set --unprotected IMAGE`.',
  },
  'library-image-not-allowed': {
    status: 403,
    message: 'This caller may not change that.',
    remedy: 'Ask a member of its project, or an administrator.',
  },
  'library-image-busy': {
    status: 409,
    message: 'The image is not in a valid state for this action.',
    remedy: 'See the message; `openstack image show IMAGE` shows its status.',
  },
  'library-image-in-use': {
    status: 409,
    message: 'Instances use the image.',
    remedy: 'Delete those instances first, or keep the image.',
  },
  'library-image-refused': {
    status: 400,
    message: 'The image data was not accepted.',
    remedy: 'See the message; `qemu-img convert` makes an image that stands on nothing else.',
  },
  'library-full': {
    status: 413,
    message: 'There is not enough space for the image.',
    remedy: "Make room in the controller's image directory, or delete images that nobody needs.",
  },
  'library-content-missing': {
    status: 503,
    message: 'The image data is not where this controller expects it.',
    remedy: 'Give all controllers one image directory (`ferry serve --image-dir`), or bring the file back.',
  },
  'flavor-not-found': {
    status: 404,
    message: 'There is no such flavor.',
    remedy: 'See `openstack flavor list`; make one with `openstack flavor create`.',
  },
  'flavor-exists': {
    status: 409,
    message: 'A flavor with that id or name already exists.',
    remedy: 'Choose another, or delete the one there is.',
  },
  'keypair-not-found': {
    status: 404,
    message: 'The user has no such keypair.',
    remedy: 'See `openstack keypair list`.',
  },
  'keypair-exists': {
    status: 409,
    message: 'The user already has a keypair with that name.',
    remedy: 'Choose another name, or delete the one there is.',
  },
  'volume-not-found': {
    status: 404,
    message: 'There is no such volume.',
    remedy: 'See `ferry volume list`; make one known with `ferry volume create NAME`.',
  },
  'volume-type-not-found': {
    status: 404,
    message: 'There is no such volume type.',
    remedy: 'See `ferry volume type list`; name a pool with `ferry volume type create NAME --pool POOL`.',
  },
  'volume-type-exists': {
    status: 409,
    message: 'The volume type already exists.',
    remedy: 'See `ferry volume type list`; choose another name, or delete the one there is.',
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
  'volume-exists': {
    status: 409,
    message: 'The volume is already in the catalogue.',
    remedy: 'See `ferry volume list`; choose another name in the pool, or use the volume there is.',
  },
  'volume-refused': {
    status: 400,
    message: 'The volume cannot be added to the catalogue.',
    remedy: 'See the message: it says of each host what it shows.',
  },
  'volume-in-use': {
    status: 409,
    message: 'The volume is in use.',
    remedy: 'Detach it first: `openstack server remove volume SERVER VOLUME`.',
  },
  'volume-state': {
    status: 400,
    message: 'The volume is not in a valid state for this action.',
    remedy: 'See the message; `ferry volume show VOLUME` shows what it is and who has it.',
  },
  'volume-not-attached': {
    status: 404,
    message: 'The instance does not have that volume.',
    remedy:
      'See `openstack server volume list SERVER` and `ferry volume list`; a disk that the catalogue lacks is made known with `ferry volume create`.',
  },
  'device-taken': {
    status: 409,
    message: 'The instance already has a disk with that name.',
    remedy: 'Leave the name away: the next free one is taken.',
  },
  'server-group-not-found': {
    status: 404,
    message: 'There is no such server group.',
    remedy: 'See `openstack server group list`.',
  },
  'user-not-found': {
    status: 404,
    message: 'There is no such user.',
    remedy: 'See `ferry user list`; make one with `ferry user create NAME`.',
  },
  'project-not-found': {
    status: 404,
    message: 'There is no such project.',
    remedy: 'See `ferry project list`; make one with `ferry project create NAME`.',
  },
  'role-not-found': {
    status: 404,
    message: 'There is no such role, or it is not held there.',
    remedy: 'The roles are admin, manager, member and reader; see `ferry role list` for who has which.',
  },
  'application-credential-not-found': {
    status: 404,
    message: 'There is no such application credential.',
    remedy: 'See `openstack application credential list`.',
  },
  'user-exists': {
    status: 409,
    message: 'A user with that name already exists.',
    remedy: 'Choose another name, or change the one there is: `ferry user set NAME`.',
  },
  'project-exists': {
    status: 409,
    message: 'A project with that name already exists.',
    remedy: 'Choose another name, or use the one there is.',
  },
  'application-credential-exists': {
    status: 409,
    message: 'The user already has an application credential with that name.',
    remedy: 'Choose another name, or delete the one there is.',
  },
  'project-in-use': {
    status: 409,
    message: 'The project still owns instances.',
    remedy: 'Delete them or leave the project be; without it nobody but administrators would see them.',
  },
  'too-many-attempts': {
    status: 429,
    message: 'Too many attempts to sign in have failed.',
    remedy: 'Wait as long as Retry-After says; an administrator can give a new password meanwhile.',
  },
  'keystone-silent': {
    status: 503,
    message: 'Keystone, which knows the users, does not answer.',
    remedy: "See the message and the controller's log; Ferry's own tokens go on working.",
  },
  'server-refused': {
    status: 400,
    message: 'An instance cannot be created like that.',
    remedy: 'See the message: it names each thing that is wrong.',
  },
  'network-ambiguous': {
    status: 409,
    message: 'There are several networks to choose from.',
    remedy: 'Say which one: `openstack server create --network NETWORK`.',
  },
  'quota-exceeded': {
    status: 403,
    message: 'The quota of the project is exceeded.',
    remedy: 'Delete what is not needed, or have an administrator raise the quota (`ferry serve --quota`).',
  },
  'no-valid-host': {
    status: 400,
    message: 'No host can take the instance or the volume.',
    remedy:
      'An administrator who asks for the same is told of each host why not; the log of the controller has it, too.',
  },
  'host-unreachable': {
    status: 502,
    message: "The host's libvirtd does not answer.",
    remedy: 'Check that libvirtd runs there and that its URI is reachable from the controller.',
  },
  'host-refused': {
    status: 502,
    message: 'The host refused or gave an answer that makes no sense.',
    remedy: "See the message and the host's libvirtd log.",
  },
  'shutting-down': {
    status: 503,
    message: 'The controller is stopping.',
    remedy: 'Send it again in a moment.',
  },
  'database-away': {
    status: 503,
    message: 'The database does not answer.',
    remedy:
      'Nothing was lost: what runs is carried on when it is back. See that PostgreSQL runs and can be reached.',
  },
  internal: {
    status: 500,
    message: 'Something went wrong inside the controller.',
    remedy: "See the controller's log; this is a defect worth reporting.",
  },
} as const satisfies Record<string, { status: number; message: string; remedy: string }>;

/** The name of a refusal. */
export type ProblemCode = keyof typeof problems;
