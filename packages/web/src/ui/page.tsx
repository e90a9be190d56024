import { type ReactNode, useEffect } from 'react';
import style from './page.module.css';

interface PageProps {
  /** Of the document, too. */
  readonly title: string;
  readonly above?: ReactNode;
  /** Beside the title: states. */
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** It fills the work area and scrolls inside, as long tables do. */
  readonly fills?: boolean;
}

/** The frame of every page: where one is, what it is called, what can be done, and the rest. */
export function Page({ title, above, beside, actions, children, fills }: PageProps): ReactNode {
  useEffect(() => {
    document.title = `${title} · Ferry`;
  }, [title]);
  return (
    <div className={`${style['page']} ${fills === true ? style['fills'] : ''}`}>
      <header className={style['head']}>
        <div className={style['names']}>
          {above === undefined ? null : <div className={style['above']}>{above}</div>}
          <div className={style['line']}>
            <h1 className={style['title']}>{title}</h1>
            {beside}
          </div>
        </div>
        {actions === undefined ? null : <div className={style['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** What a page is about beside what it is: two columns, one below the other where it is narrow. */
export function Columns({ main, side }: { readonly main: ReactNode; readonly side: ReactNode }): ReactNode {
  return (
    <div className={style['columns']}>
      <div className={style['column']}>{main}</div>
      <div className={style['column']}>{side}</div>
    </div>
  );
}

/** A part of a page with a name. */
export function Panel({
  title,
  beside,
  children,
}: {
  readonly title: string;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className={style['panel']} aria-label={title}>
      <header className={style['panelHead']}>
        <h2>{title}</h2>
        {beside}
      </header>
      {children}
    </section>
  );
}

/** Names and values, one below the other. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [string, ReactNode] | null)[];
}): ReactNode {
  return (
    <dl className={style['facts']}>
      {facts
        .filter((fact) => fact !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** Something that is to be read before what is below it. */
export function Notice({
  tone,
  title,
  children,
}: {
  readonly tone: 'bad' | 'warn' | 'still';
  readonly title?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <div className={style['notice']} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      {title === undefined ? null : <strong>{title}</strong>}
      <div>{children}</div>
    </div>
  );
}

/** What stands where there is nothing. */
export function Empty({ children }: { readonly children: ReactNode }): ReactNode {
  return <p className={style['empty']}>{children}</p>;
}
