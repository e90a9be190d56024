import type { ReactNode } from 'react';

/** A time, short; in full where it is pointed at. */
export function When({
  iso,
  short,
  full,
}: {
  readonly iso: string;
  readonly short: string;
  readonly full: string;
}): ReactNode {
  return (
    <time dateTime={iso} title={full}>
      {short}
    </time>
  );
}
