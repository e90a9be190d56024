import type { ProblemTable } from './request-problems.ts';

/** What is refused of what guests are made of: images, flavors, keys, volumes, packet filters; and of webhooks. */
export const resourceProblems = {
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
  'network-ambiguous': {
    status: 409,
    message: 'There are several networks to choose from.',
    remedy: 'Say which one: `openstack server create --network NETWORK`.',
  },
} as const satisfies ProblemTable;
