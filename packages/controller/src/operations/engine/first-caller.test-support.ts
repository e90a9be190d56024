import { type Caller, firstProject, firstUser } from '@ferry/model';

/** The first user, who may do all. */
export const firstCaller: Caller = {
  userId: firstUser.id,
  userName: firstUser.name,
  projectId: firstProject.id,
  projectName: firstProject.name,
  roles: ['admin'],
};

/** A request of theirs. */
export const askedByFirst = {
  requestId: 'req-1',
  userId: firstUser.id,
  projectId: firstProject.id,
  caller: firstCaller,
};
