import {
  cloneElement,
  lazy,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  Suspense,
  useState,
} from 'react';
import type { MenuEntry } from './menu-popup.tsx';

const Popup = lazy(async () => ({ default: (await import('./menu-popup.tsx')).MenuPopup }));

/** Entries below a button. What shows them comes when one is opened: a table has a thousand of these. */
export function Menu({
  trigger,
  entries,
}: {
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly entries: readonly (MenuEntry | 'line')[];
}): ReactNode {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      {cloneElement(trigger, {
        'aria-haspopup': 'menu',
        'aria-expanded': anchor !== null,
        onClick: ({ currentTarget }: MouseEvent<HTMLElement>) => setAnchor(currentTarget),
      })}
      {anchor === null ? null : (
        <Suspense>
          <Popup anchor={anchor} entries={entries} onClose={() => setAnchor(null)} />
        </Suspense>
      )}
    </>
  );
}
