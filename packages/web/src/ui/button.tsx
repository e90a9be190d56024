import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import style from './button.module.css';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  /** Why it cannot be pressed now; null: it can. It stays reachable, so that the reason can be read. */
  readonly because?: string | null | undefined;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button. One that cannot be pressed says why: to who points at it or comes to it by the keyboard, and to screen readers. */
export function Button({
  look = 'plain',
  because = null,
  className,
  onClick,
  children,
  ...rest
}: ButtonProps): ReactNode {
  const classes = [style['button'], style[look], className].filter(Boolean).join(' ');
  if (because === null)
    return (
      <button type="button" className={classes} onClick={onClick} {...rest}>
        {children}
      </button>
    );
  return (
    <button type="button" className={classes} aria-disabled="true" data-because={because} {...rest}>
      {children}
      <span className="visually-hidden">: {because}</span>
    </button>
  );
}

/** A button with an icon alone; `label` is its name. */
export function IconButton({
  label,
  className,
  ...rest
}: Omit<ButtonProps, 'because' | 'look'> & { readonly label: string }): ReactNode {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={[style['icon'], className].filter(Boolean).join(' ')}
      {...rest}
    />
  );
}
