import type { ReactNode } from 'react';
import style from './commands.module.css';

/** Lines to type somewhere, with what they are for. */
export function Commands({
  title,
  lines,
}: {
  readonly title: string;
  readonly lines: readonly string[];
}): ReactNode {
  return (
    <span className={style['commands']}>
      <span>{title}</span>
      <code className={style['lines']} tabIndex={0} role="group" aria-label={title}>
        {lines.join('\n')}
      </code>
    </span>
  );
}
