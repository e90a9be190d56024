/**
 * The package's own errors, each with what it means for people. The list is closed: a code that is not here is
 * the step's own.
 */
export const workflowErrors = {
  'deadline-passed': 'a step did not end in its time',
  'step-did-not-stop': 'a step went on after it was told to stop; nothing was undone beside it',
  'output-not-plain': 'a step gave an output that cannot be written to the log',
  'input-not-plain': 'the input cannot be written to the log',
  'definition-invalid': 'the workflow is not well formed',
  'illegal-record': 'the log says something that cannot have happened',
  'workflow-changed': 'the operation was begun with other steps than the program can go on with',
  'operation-unknown': 'there is no log of this operation',
  'log-unavailable': 'the log could not be read or written, so nothing more was done',
  'needs-person': 'it is not known how things stand, and a person has to look',
  unexpected: 'a step failed in a way that it does not name',
} as const;

export type WorkflowErrorCode = keyof typeof workflowErrors;

/** Raised by the package itself. `message` adds the particulars to the list's words. */
export class WorkflowError extends Error {
  override readonly name = 'WorkflowError';
  readonly code: WorkflowErrorCode;

  constructor(code: WorkflowErrorCode, particulars: string, options?: ErrorOptions) {
    super(`${workflowErrors[code]}: ${particulars}`, options);
    this.code = code;
  }
}

/**
 * Thrown by a step that cannot know how things stand: the operation halts as `blocked`, with nothing undone and
 * nothing killed. It can be resumed when somebody has looked.
 */
export class NeedsPerson extends Error {
  override readonly name = 'NeedsPerson';
  readonly code = 'needs-person';
  readonly detail: { readonly known: string; readonly remedy: string };

  /** `known`: what both sides show. `remedy`: what the person is to do. */
  constructor(known: string, remedy: string, options?: ErrorOptions) {
    super(known, options);
    this.detail = { known, remedy };
  }
}

/**
 * Thrown by a pivot that has *seen* that nothing moved, and by nothing else: it is the only error of a pivot that
 * starts the undo. Any other error there proves nothing (a lost reply also throws), so the pivot is run again and
 * has to look.
 */
export class NothingMoved extends Error {
  override readonly name = 'NothingMoved';
  readonly code: string;
  readonly detail: unknown;

  constructor(code: string, message: string, options?: ErrorOptions & { readonly detail?: unknown }) {
    super(message, options);
    this.code = code;
    this.detail = options?.detail;
  }
}
