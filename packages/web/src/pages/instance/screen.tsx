import type { ConsoleBody, InstanceBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { ferry } from '../../api/ferry.ts';
import type { Problem } from '../../api/request.ts';
import { time } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Notice, Panel } from '../../ui/page.tsx';
import style from './screen.module.css';

/** A picture that was taken of the screen, and when and on which host. */
interface Still {
  readonly picture: string;
  readonly at: string;
  readonly host: string;
}

/**
 * The guest's screen or serial console, by the controller's own page for it and with the rights of who looks. A picture can
 * be kept beside it: the screen before a move beside the screen after it.
 */
export function Screen({ instance }: { readonly instance: InstanceBody }): ReactNode {
  const { say, language } = useText();
  const frame = useRef<HTMLIFrameElement>(null);
  const [still, setStill] = useState<Still | null>(null);
  const [missing, setMissing] = useState(false);
  const opening = useMutation<ConsoleBody, Problem, ConsoleBody['kind']>({
    mutationFn: (kind) => ferry.console(instance.id, kind),
  });
  const isOff = instance.powerState === 'shutoff' ? say('screen.off') : null;
  const keep = (): void => {
    const canvas = frame.current?.contentDocument?.querySelector('canvas');
    setMissing(canvas === null || canvas === undefined);
    if (canvas === null || canvas === undefined) return;
    setStill({ picture: canvas.toDataURL('image/png'), at: new Date().toISOString(), host: instance.host });
  };
  const open = opening.data;
  return (
    <Panel
      title={say('screen.title')}
      beside={
        <span className={style['buttons']}>
          {open?.kind === 'vnc' ? (
            <Button look="quiet" onClick={keep}>
              {say('screen.keep')}
            </Button>
          ) : null}
          <Button look="quiet" because={isOff} onClick={() => opening.mutate('vnc')}>
            {say('screen.vnc')}
          </Button>
          <Button look="quiet" because={isOff} onClick={() => opening.mutate('serial')}>
            {say('screen.serial')}
          </Button>
        </span>
      }
    >
      {opening.error === null ? null : (
        <Notice tone="bad" title={opening.error.message}>
          {opening.error.remedy}
        </Notice>
      )}
      {missing ? <Notice tone="warn">{say('screen.notYet')}</Notice> : null}
      <div className={style['screens']} data-two={still !== null && open !== undefined}>
        {still === null ? null : (
          <figure className={style['still']}>
            <img src={still.picture} alt={say('screen.keptAlt', { host: still.host })} />
            <figcaption>{say('screen.kept', { host: still.host, at: time(still.at, language) })}</figcaption>
          </figure>
        )}
        {open === undefined ? (
          still === null ? (
            <Empty>{say('screen.closed')}</Empty>
          ) : null
        ) : (
          <iframe
            ref={frame}
            key={open.pagePath}
            src={open.pagePath}
            title={say('screen.title')}
            className={style['frame']}
          />
        )}
      </div>
    </Panel>
  );
}
