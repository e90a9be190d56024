import { Type } from 'typebox';

/** A path of a host, from its root. */
export const AbsolutePath = Type.String({ minLength: 2, maxLength: 4096, pattern: '^/[^/]' });
