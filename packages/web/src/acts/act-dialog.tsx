import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Problem } from '../api/problem.ts';
import { queries } from '../api/queries.ts';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ActField } from './act-field.tsx';
import type { Asked, Filled } from './asked.ts';
import { Refusal } from './refusal.tsx';
import style from './act-dialog.module.css';

/** Asks for something: what it means, what it needs, and the controller's answer where that is a refusal. Closing it does nothing. */
export function ActDialog({
  asked,
  onClose,
}: {
  readonly asked: Asked;
  readonly onClose: () => void;
}): ReactNode {
  const { say } = useText();
  const { fields = [], result } = asked;
  const [values, setValues] = useState(() =>
    Object.fromEntries(fields.map(({ name, initial = '' }) => [name, initial])),
  );
  const [files, setFiles] = useState<Filled['files']>({});
  const doing = useMutation<unknown, Problem>({
    mutationFn: () => asked.run({ values: trimmed(values, fields), files }),
    onSuccess: async (answer) => {
      await Promise.all(asked.changes.map((queryKey) => queries.invalidateQueries({ queryKey })));
      asked.onDone?.(answer);
      if (result === undefined) onClose();
    },
  });
  const missing = fields.filter(
    ({ name, kind, isOptional }) =>
      isOptional !== true &&
      kind !== 'flag' &&
      (kind === 'file' ? !files[name] : values[name]?.trim() === ''),
  );
  const because =
    missing.length === 0
      ? null
      : say('act.missing', { fields: missing.map(({ label }) => label).join(', ') });
  const isDone = doing.isSuccess && result !== undefined;
  return (
    <Dialog
      title={asked.title}
      onClose={onClose}
      closeLabel={say('close')}
      actions={
        <>
          <Button onClick={onClose}>{say('close')}</Button>
          {isDone ? null : (
            <Button
              look={asked.isDangerous === true ? 'danger' : 'primary'}
              because={because}
              disabled={doing.isPending}
              onClick={() => doing.mutate()}
            >
              {asked.act}
            </Button>
          )}
        </>
      }
    >
      {isDone ? (
        result(doing.data)
      ) : (
        <form
          className={style['form']}
          onSubmit={(event) => {
            event.preventDefault();
            if (because === null && !doing.isPending) doing.mutate();
          }}
        >
          {asked.text === undefined ? null : <p>{asked.text}</p>}
          {fields.map((field) => (
            <ActField
              key={field.name}
              field={field}
              value={values[field.name] ?? ''}
              onChange={(value) => setValues({ ...values, [field.name]: value })}
              onFile={(file) => setFiles({ ...files, [field.name]: file })}
            />
          ))}
          {/* A form without a button of its own is not sent by Enter where it has several fields. */}
          <button type="submit" hidden />
          <Refusal problem={doing.error} />
        </form>
      )}
    </Dialog>
  );
}

/** A password is as it was typed. */
function trimmed(values: Readonly<Record<string, string>>, fields: Asked['fields']): Filled['values'] {
  const kinds = new Map(fields?.map(({ name, kind }) => [name, kind]));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      kinds.get(name) === 'password' ? value : value.trim(),
    ]),
  );
}
