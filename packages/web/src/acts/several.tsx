import { type ReactNode, useId } from 'react';
import style from './act-dialog.module.css';
import type { AskedField } from './asked.ts';

/** Some of several, each on or off. `value`: those that are on, one a line, in the order of the options. */
export function Several({
  label,
  hint,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly hint: string | undefined;
  readonly value: string;
  readonly options: NonNullable<AskedField['options']>;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const id = useId();
  const chosen = new Set(value.split('\n').filter((one) => one !== ''));
  return (
    <fieldset className={style['several']} aria-describedby={hint === undefined ? undefined : id}>
      <legend>{label}</legend>
      <div className={style['ones']}>
        {options.map((one) => (
          <label key={one.value}>
            <input
              type="checkbox"
              checked={chosen.has(one.value)}
              onChange={({ currentTarget: { checked } }) =>
                onChange(
                  options
                    .map((other) => other.value)
                    .filter((other) => (other === one.value ? checked : chosen.has(other)))
                    .join('\n'),
                )
              }
            />
            {one.label}
          </label>
        ))}
      </div>
      {hint === undefined ? null : <p id={id}>{hint}</p>}
    </fieldset>
  );
}
