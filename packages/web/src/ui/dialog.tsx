import { Dialog as Base } from '@base-ui/react/dialog';
import { type ReactNode, useRef } from 'react';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import style from './dialog.module.css';

interface DialogProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly closeLabel: string;
  readonly children: ReactNode;
  /** Buttons at its foot. */
  readonly actions?: ReactNode;
  readonly wide?: boolean;
}

/** A dialog over the page. Closing it does nothing but close it. */
export function Dialog({ title, onClose, closeLabel, children, actions, wide }: DialogProps): ReactNode {
  const body = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className={style['backdrop']} />
        <Base.Popup
          initialFocus={() => body.current?.querySelector<HTMLElement>('input, select, textarea') ?? true}
          className={`${style['popup']} ${wide === true ? style['wide'] : ''}`}
        >
          <header className={style['head']}>
            <Base.Title className={style['title']}>{title}</Base.Title>
            <IconButton label={closeLabel} onClick={onClose}>
              <Icon name="close" />
            </IconButton>
          </header>
          <div ref={body} className={style['body']}>
            {children}
          </div>
          {actions === undefined ? null : <footer className={style['foot']}>{actions}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
