/** Something the lab cannot do, with what to do about it. */
export class LabError extends Error {
  override readonly name = 'LabError';
}
