import type { ProblemTable } from './request-problems.ts';

/** What is refused to those who sign in, and of users, projects and roles. */
export const identityProblems = {
  'sign-in-refused': {
    status: 401,
    message: 'The user, the password or the project is not right.',
    remedy:
      'Which of them is not told. The first user is "admin"; its password stands in `admin.password` of the data directory.',
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
} as const satisfies ProblemTable;
