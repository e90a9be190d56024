import { type InputHTMLAttributes, type ReactNode, useId } from 'react';
import style from './field.module.css';

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
}

/** A line to type in, with its label above it. */
export function TextField({
  label,
  hint,
  ...rest
}: FieldProps & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  const id = useId();
  return (
    <div className={style['field']}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={style['input']}
        aria-describedby={hint === undefined ? undefined : `${id}h`}
        {...rest}
      />
      {hint === undefined ? null : (
        <span id={`${id}h`} className={style['hint']}>
          {hint}
        </span>
      )}
    </div>
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
