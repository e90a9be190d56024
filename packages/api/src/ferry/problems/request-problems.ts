/** Refusals by their code, with their HTTP status, the usual sentence, and what the reader can do. */
export type ProblemTable = Readonly<
  Record<string, { readonly status: number; readonly message: string; readonly remedy: string }>
>;

/** What is wrong with a request as such, or with the controller that takes it. */
export const requestProblems = {
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
  'name-ambiguous': {
    status: 409,
    message: 'The name is ambiguous.',
    remedy: 'Name it by its id.',
  },
  'quota-exceeded': {
    status: 403,
    message: 'The quota of the project is exceeded.',
    remedy: 'Delete what is not needed, or have an administrator raise the quota (`ferry serve --quota`).',
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
} as const satisfies ProblemTable;
