import type { ChangeMigrationBody, MigrationBody } from '@ferry/api';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { ferry } from '../../api/ferry.ts';
import type { Problem } from '../../api/problem.ts';
import { queries } from '../../api/queries.ts';
import { useText } from '../../i18n/text.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Notice } from '../../ui/page.tsx';
import style from './settings-dialog.module.css';

const mebibyte = 1024 * 1024;

/** What holds for a transfer from now on; a field that is left empty changes nothing. */
export function SettingsDialog({
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
      <div className={style['fields']}>
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
