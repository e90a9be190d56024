import type { MigrationBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import type { Problem } from '../../api/request.ts';
import { isMoving, useSession } from '../../api/queries.ts';
import { time } from '../../i18n/format.ts';
import { useText } from '../../i18n/text.tsx';
import { keepBefore, type Picture, pictureBefore, takePicture } from '../../move/pictures.ts';
import { Button } from '../../ui/button.tsx';
import { Notice, Panel } from '../../ui/page.tsx';
import style from './screens.module.css';

/**
 * The guest's screen before its live move and after it, side by side. The first is taken by the page that begins the move, or
 * by this one while it goes on; the second when it has arrived, and again when it is asked for.
 */
export function Screens({ migration }: { readonly migration: MigrationBody }): ReactNode {
  const { say } = useText();
  const { id, instanceId, sourceHost, targetHost, status } = migration;
  const [before, setBefore] = useState(pictureBefore(id));
  const [after, setAfter] = useState<Picture | null>(null);
  const taking = useMutation<Picture, Problem, string>({
    mutationFn: (host) => takePicture(instanceId, host),
    onSuccess: (picture) => {
      if (picture.host === targetHost) return setAfter(picture);
      keepBefore(id, picture);
      setBefore(picture);
    },
  });
  const { mutate } = taking;
  const isBefore = isMoving(migration) && status !== 'post-migrating' && before === null;
  const isAfter = status === 'completed' && before !== null;
  useEffect(() => {
    if (isBefore) mutate(sourceHost);
    else if (isAfter) mutate(targetHost);
  }, [isBefore, isAfter, mutate, sourceHost, targetHost]);
  const isReader = useSession().data?.user?.role === 'reader';
  if (isReader || migration.kind !== 'live-migration') return null;
  return (
    <Panel
      title={say('screens.title')}
      beside={
        status === 'completed' ? (
          <Button look="quiet" onClick={() => mutate(targetHost)}>
            {say('screens.take')}
          </Button>
        ) : null
      }
    >
      {taking.error === null ? null : (
        <Notice tone="warn" title={taking.error.message}>
          {taking.error.remedy}
        </Notice>
      )}
      <div className={style['screens']}>
        <Still picture={before} none={say('screens.noneBefore')} />
        <Still picture={after} none={say('screens.noneAfter')} />
      </div>
    </Panel>
  );
}

function Still({ picture, none }: { readonly picture: Picture | null; readonly none: string }): ReactNode {
  const { say, language } = useText();
  return (
    <figure className={style['still']}>
      {picture === null ? (
        <p>{none}</p>
      ) : (
        <>
          <img src={picture.source} alt={say('screens.alt', { host: picture.host })} />
          <figcaption>
            {say('screens.taken', { host: picture.host, at: time(picture.at, language) })}
          </figcaption>
        </>
      )}
    </figure>
  );
}
