/** Something the lab cannot do, with what to do about it. */
export class LabError extends Error {
  override readonly name = 'LabError';
}

/** This machine, or this user, cannot run a lab at all. */
export class CannotHereError extends LabError {}
