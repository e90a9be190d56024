import type { ChangeMigrationBody, MigrationBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ferry } from '../../api/ferry.ts';
import { queries, useSession } from '../../api/queries.ts';
import type { Problem } from '../../api/request.ts';
import type { MessageKey } from '../../i18n/en.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Notice } from '../../ui/page.tsx';
import style from './migration-actions.module.css';
import settingsStyle from './settings-dialog.module.css';

const mebibyte = 1024 * 1024;

/** What holds for a transfer from now on; a field that is left empty changes nothing. */
function SettingsDialog({
  migration,
  onClose,
}: {
  readonly migration: MigrationBody;
  readonly onClose: () => void;
}): ReactNode {
  const { say } = useText();
  const [bandwidth, setBandwidth] = useState('');
  const [downtime, setDowntime] = useState('');
  const change: ChangeMigrationBody = {
    ...(bandwidth === '' ? {} : { bandwidthBytesPerSecond: Math.round(Number(bandwidth) * mebibyte) }),
    ...(downtime === '' ? {} : { maxDowntimeMs: Math.round(Number(downtime)) }),
  };
  const changing = useMutation<unknown, Problem>({
    mutationFn: () => ferry.change(migration.id, change),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['migration', migration.id] });
      onClose();
    },
  });
  return (
    <Dialog
      title={`${say('act.settings')}: ${migration.instanceName}`}
      closeLabel={say('close')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{say('close')}</Button>
          <Button
            look="primary"
            because={Object.keys(change).length === 0 ? say('settings.empty') : null}
            disabled={changing.isPending}
            onClick={() => changing.mutate()}
          >
            {say('settings.apply')}
          </Button>
        </>
      }
    >
      <div className={settingsStyle['fields']}>
        <TextField
          label={say('settings.bandwidth')}
          type="number"
          min={1}
          inputMode="numeric"
          value={bandwidth}
          onChange={({ target }) => setBandwidth(target.value)}
        />
        <TextField
          label={say('settings.downtime')}
          type="number"
          min={1}
          inputMode="numeric"
          value={downtime}
          onChange={({ target }) => setDowntime(target.value)}
        />
        {changing.error === null ? null : (
          <Notice tone="bad" title={changing.error.message}>
            {changing.error.remedy}
          </Notice>
        )}
      </div>
    </Dialog>
  );
}

/** What ends, decides or hurries it, each with what is asked before. */
const acts = {
  abort: { verdict: 'abort', word: 'act.abort', asks: 'act.abortAsks', run: ferry.abort },
  pause: {
    verdict: 'force',
    word: 'act.pause',
    asks: 'act.pauseAsks',
    run: (id: string) => ferry.endTransfer(id, 'pause'),
  },
  'post-copy': {
    verdict: 'force',
    word: 'act.postCopy',
    asks: 'act.postCopyAsks',
    run: (id: string) => ferry.endTransfer(id, 'post-copy'),
  },
  force: {
    verdict: 'force',
    word: 'act.force',
    asks: 'act.forceAsks',
    run: (id: string) => ferry.endTransfer(id, 'force-complete'),
  },
  confirm: {
    verdict: 'confirm',
    word: 'act.confirm',
    asks: 'act.confirmAsks',
    run: (id: string) => ferry.decide(id, 'confirm'),
  },
  revert: {
    verdict: 'revert',
    word: 'act.revert',
    asks: 'act.revertAsks',
    run: (id: string) => ferry.decide(id, 'revert'),
  },
} as const satisfies Record<
  string,
  {
    readonly verdict: keyof NonNullable<MigrationBody['actions']>;
    readonly word: MessageKey;
    readonly asks: MessageKey;
    readonly run: (id: string) => Promise<MigrationBody>;
  }
>;
type Act = keyof typeof acts;

/** Which of them make sense where it stands: the others are said by no button. */
function actsOf({ finishedAt, status, kind }: MigrationBody): readonly Act[] {
  if (status === 'finished') return ['confirm', 'revert'];
  if (finishedAt !== null) return [];
  return kind === 'live-migration' ? ['abort', 'pause', 'post-copy', 'force'] : ['abort'];
}

/** Buttons of a migration; a reader may take its recording. */
export function MigrationActions({ migration }: { readonly migration: MigrationBody }): ReactNode {
  const { say } = useText();
  const isReader = useSession().data?.user?.role === 'reader';
  const [asked, setAsked] = useState<Act | 'settings' | null>(null);
  const canChange = migration.kind === 'live-migration' && migration.finishedAt === null;
  return (
    <>
      <a
        className={style['download']}
        href={ferry.recordingPath(migration.id)}
        download={`migration-${migration.id}.ndjson`}
      >
        <Icon name="download" />
        {say('migration.recording')}
      </a>
      {isReader || !canChange ? null : (
        <Button because={migration.actions?.force.because ?? null} onClick={() => setAsked('settings')}>
          <Icon name="sliders" />
          {say('act.settings')}
        </Button>
      )}
      {isReader
        ? null
        : actsOf(migration).map((act) => (
            <Button
              key={act}
              look={act === 'abort' || act === 'revert' ? 'danger' : 'plain'}
              because={migration.actions?.[acts[act].verdict].because ?? null}
              onClick={() => setAsked(act)}
            >
              {say(acts[act].word)}
            </Button>
          ))}
      {asked === null ? null : asked === 'settings' ? (
        <SettingsDialog migration={migration} onClose={() => setAsked(null)} />
      ) : (
        <Ask act={asked} migration={migration} onClose={() => setAsked(null)} />
      )}
    </>
  );
}

function Ask({
  act,
  migration,
  onClose,
}: {
  readonly act: Act;
  readonly migration: MigrationBody;
  readonly onClose: () => void;
}): ReactNode {
  const { say } = useText();
  const { word, asks, run } = acts[act];
  const doing = useMutation<unknown, Problem>({
    mutationFn: () => run(migration.id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['migration', migration.id] });
      onClose();
    },
  });
  return (
    <Dialog
      title={`${say(word)}: ${migration.instanceName}`}
      closeLabel={say('close')}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{say('close')}</Button>
          <Button look="primary" disabled={doing.isPending} onClick={() => doing.mutate()}>
            {say(word)}
          </Button>
        </>
      }
    >
      <p>
        {say(asks, {
          instance: migration.instanceName,
          source: migration.sourceHost,
          target: migration.targetHost,
        })}
      </p>
      {doing.error === null ? null : (
        <Notice tone="bad" title={doing.error.message}>
          {doing.error.remedy}
        </Notice>
      )}
    </Dialog>
  );
}
