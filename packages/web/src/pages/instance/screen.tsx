import type { ConsoleBody, InstanceBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ferry } from '../../api/ferry.ts';
import type { Problem } from '../../api/request.ts';
import { time } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Notice, Panel } from '../../ui/page.tsx';
import { type Picture, takePicture } from '../../move/pictures.ts';
import style from './screen.module.css';

/**
 * The guest's screen or serial console, by the controller's own page for it and with the rights of who looks. A picture can be
 * taken beside it; where no screen is reached, the picture that its host takes is shown instead.
 */
export function Screen({ instance }: { readonly instance: InstanceBody }): ReactNode {
  const { say, language } = useText();
  const taking = useMutation<Picture, Problem>({ mutationFn: () => takePicture(instance.id, instance.host) });
  const opening = useMutation<ConsoleBody, Problem, ConsoleBody['kind']>({
    mutationFn: (kind) => ferry.console(instance.id, kind),
    onError: (_problem, kind) => {
      if (kind === 'vnc') taking.mutate();
    },
  });
  const isOff = instance.powerState === 'shutoff' ? say('screen.off') : null;
  const [open, still] = [opening.data, taking.data];
  return (
    <Panel
      title={say('screen.title')}
      beside={
        <span className={style['buttons']}>
          <Button look="quiet" because={isOff} onClick={() => taking.mutate()}>
            {say('screens.take')}
          </Button>
          <Button look="quiet" because={isOff} onClick={() => opening.mutate('vnc')}>
            {say('screen.vnc')}
          </Button>
          <Button look="quiet" because={isOff} onClick={() => opening.mutate('serial')}>
            {say('screen.serial')}
          </Button>
        </span>
      }
    >
      {[opening.error, taking.error].map((problem, index) =>
        problem === null ? null : (
          <Notice key={index === 0 ? 'opening' : 'taking'} tone="bad" title={problem.message}>
            {problem.remedy}
          </Notice>
        ),
      )}
      <div className={style['screens']} data-two={still !== undefined && open !== undefined}>
        {still === undefined ? null : (
          <figure className={style['still']}>
            <img src={still.source} alt={say('screens.alt', { host: still.host })} />
            <figcaption>
              {say('screens.taken', { host: still.host, at: time(still.at, language) })}
            </figcaption>
          </figure>
        )}
        {open === undefined ? (
          still === undefined ? (
            <Empty>{say('screen.closed')}</Empty>
          ) : null
        ) : (
          <iframe
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
