import { type ReactNode, useId } from 'react';
import { Field, SelectField, TextField } from '../ui/field.tsx';
import type { AskedField } from './asked.ts';
import style from './act-dialog.module.css';

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
