/** Why a controller did not start. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code:
    | 'in-use'
    | 'cannot-listen'
    | 'no-database'
    | 'bad-hosts-file'
    | 'not-private'
    | 'bad-key-file'
    | 'bad-certificate'
    | 'bad-setting';

  constructor(code: StartError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}
