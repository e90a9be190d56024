import { Fragment, type ReactNode } from 'react';
import style from './state.module.css';

/** What a colour says. `still`: nothing to say; `moving`: something goes on. */
export type Tone = 'good' | 'warn' | 'bad' | 'moving' | 'still';

/** A state: a dot of its colour and its word, never the colour alone. */
export function State({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }): ReactNode {
  return (
    <span className={style['state']} data-tone={tone}>
      <span className={style['dot']} aria-hidden="true" />
      {children}
    </span>
  );
}

/** A word in a frame, for what holds beside a state. */
export function Tag({
  tone = 'still',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <span className={style['tag']} data-tone={tone}>
      {children}
    </span>
  );
}

/** Several of them, one beside the other. */
export function Tags({ words }: { readonly words: readonly string[] }): ReactNode {
  return (
    <span>
      {words.map((word) => (
        <Fragment key={word}>
          <Tag>{word}</Tag>{' '}
        </Fragment>
      ))}
    </span>
  );
}

/** How much of something is taken: 0 to 1. `label` says it in words; `low`: from there on it is a warning. */
export function Meter({
  value,
  label,
  tone,
}: {
  readonly value: number;
  readonly label: string;
  readonly tone?: Tone;
}): ReactNode {
  const part = Math.max(0, Math.min(1, value));
  return (
    <span className={style['meter']} role="img" aria-label={label} title={label}>
      <span
        className={style['fill']}
        data-tone={tone ?? (part > 0.95 ? 'bad' : part > 0.85 ? 'warn' : 'still')}
        style={{ width: `${part * 100}%` }}
      />
    </span>
  );
}
