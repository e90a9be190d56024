import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { queries } from '../api/queries.ts';
import type { Problem } from '../api/request.ts';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, SelectField, TextField } from '../ui/field.tsx';
import style from './act-dialog.module.css';
import type { Asked, AskedField, Filled } from './asked.ts';
import { Refusal } from './refusal.tsx';
import { Several } from './several.tsx';

/** One field of what is asked for, by its kind. */
export function ActField({
  field: { name, label, hint, kind, options = [], isOptional, autoComplete },
  value,
  onChange,
  onFile,
}: {
  readonly field: AskedField;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onFile: (file: File) => void;
}): ReactNode {
  const id = useId();
  if (kind === 'flag')
    return (
      <label className={style['flag']}>
        <input
          type="checkbox"
          checked={value === 'true'}
          onChange={({ currentTarget }) => onChange(currentTarget.checked ? 'true' : '')}
        />
        {label}
      </label>
    );
  if (kind === 'choice')
    return <SelectField label={label} hint={hint} value={value} options={options} onChange={onChange} />;
  if (kind === 'several')
    return <Several label={label} hint={hint} value={value} options={options} onChange={onChange} />;
  if (kind === 'lines')
    return (
      <Field label={label} hint={hint} id={id}>
        <textarea
          id={id}
          className={style['area']}
          spellCheck={false}
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      </Field>
    );
  if (kind === 'file')
    return (
      <Field label={label} hint={hint} id={id}>
        <input
          id={id}
          type="file"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file !== undefined) onFile(file);
          }}
        />
      </Field>
    );
  return (
    <TextField
      label={label}
      hint={hint}
      name={name}
      type={kind === 'password' ? 'password' : 'text'}
      inputMode={kind === 'number' ? 'numeric' : undefined}
      autoComplete={autoComplete ?? 'off'}
      required={isOptional !== true}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

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
