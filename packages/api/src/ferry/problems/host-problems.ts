import type { ProblemTable } from './request-problems.ts';

/** What is refused of hosts, and of the consoles that they show. */
export const hostProblems = {
  'host-not-found': {
    status: 404,
    message: 'There is no such host.',
    remedy: 'See `ferry host list`; add one with `ferry host add URI`.',
  },
  'domain-not-found': {
    status: 404,
    message: 'The host runs no such domain.',
    remedy: 'See `ferry host show HOST` for what it runs.',
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
} as const satisfies ProblemTable;
