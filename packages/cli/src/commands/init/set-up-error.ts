/** Why nothing was set up; nothing is half written then. */
export class SetUpError extends Error {
  override readonly name = 'SetUpError';
}
