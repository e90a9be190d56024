import { Menu as Base } from '@base-ui/react/menu';
import type { ReactNode } from 'react';
import style from './menu-popup.module.css';

/** One entry. `because`: why it cannot be chosen now. */
export interface MenuEntry {
  readonly label: string;
  readonly onChoose: () => void;
  readonly because?: string | null;
}

/** The entries of a menu that is open. */
export function MenuPopup({
  anchor,
  entries,
  onClose,
}: {
  readonly anchor: HTMLElement;
  readonly entries: readonly (MenuEntry | 'line')[];
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Base.Root open modal={false} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} align="end" sideOffset={4} className={style['positioner']}>
          <Base.Popup className={style['popup']} finalFocus={{ current: anchor }}>
            {entries.map((entry, index) =>
              entry === 'line' ? (
                <Base.Separator key={`line-${index}`} className={style['line']} />
              ) : (
                <Item key={entry.label} entry={entry} />
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Item({ entry: { label, because = null, onChoose } }: { readonly entry: MenuEntry }): ReactNode {
  return (
    <Base.Item className={style['item']} disabled={because !== null} onClick={onChoose}>
      <span>{label}</span>
      {because === null ? null : <span className={style['hint']}>{because}</span>}
    </Base.Item>
  );
}
