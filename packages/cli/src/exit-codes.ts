/** What the exit code of every command means. */
export const exitCodes = {
  ok: 0,
  /** It was tried and did not come to its end: the instance did not move, the host refused. */
  failed: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** The controller does not answer. */
  unreachable: 3,
  /** A check forbids the move; nothing was changed. */
  checksFailed: 4,
  /** The token is unknown or its role may not do it. */
  notAllowed: 5,
  /** The named thing is not there, or its name is not unique. */
  notFound: 6,
} as const;
