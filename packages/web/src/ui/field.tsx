import { type InputHTMLAttributes, type ReactNode, useId } from 'react';
import style from './field.module.css';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
}

/** What is filled in (with the `id`), its label above and its hint below it. */
export function Field({
  label,
  hint,
  id,
  children,
}: FieldProps & { readonly id: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className={style['field']}>
      <label htmlFor={id}>{label}</label>
      {children}
      {hint === undefined ? null : (
        <span id={`${id}h`} className={style['hint']}>
          {hint}
        </span>
      )}
    </div>
  );
}

/** A line to type in. */
export function TextField({
  label,
  hint,
  ...rest
}: FieldProps & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  const id = useId();
  return (
    <Field label={label} hint={hint} id={id}>
      <input
        id={id}
        className={style['input']}
        aria-describedby={hint === undefined ? undefined : `${id}h`}
        {...rest}
      />
    </Field>
  );
}

/** One of several, in a list that opens. */
export function SelectField({
  label,
  hint,
  value,
  options,
  onChange,
}: FieldProps & {
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}): ReactNode {
  const id = useId();
  return (
    <Field label={label} hint={hint} id={id}>
      <select
        id={id}
        className={style['input']}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** A line to search by; `label` is its name for those who do not see where it stands. */
export function SearchField({
  label,
  ...rest
}: { readonly label: string } & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  return <input type="search" aria-label={label} placeholder={label} className={style['search']} {...rest} />;
}

/** A few words of which one holds, side by side. */
export function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}): ReactNode {
  return (
    <div className={style['choice']} role="group" aria-label={label}>
      {options.map((one) => (
        <button
          key={one.value}
          type="button"
          aria-pressed={one.value === value}
          onClick={() => onChange(one.value)}
        >
          {one.label}
        </button>
      ))}
    </div>
  );
}
