import type { ReactNode } from 'react';
import { useConnection } from '../api/live.ts';
import { time } from '../i18n/format.ts';
import { useText } from '../i18n/text.tsx';
import style from './connection-bar.module.css';

/** Says that what is shown may be old, and since when. Nothing while all is well. */
export function ConnectionBar(): ReactNode {
  const connection = useConnection();
  const { say, language } = useText();
  return (
    <div role="status" className={style['bar']} data-kind={connection.kind}>
      {connection.kind === 'offline'
        ? say('connection.offline', { since: time(connection.since, language) })
        : null}
    </div>
  );
}
