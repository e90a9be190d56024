import type { ReactNode } from 'react';
import { useText } from '../i18n/text.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';
import type { MenuEntry } from '../ui/menu-popup.tsx';

/** What can be done with a row of a table; `name`: of whom. Nothing where nothing can. */
export function RowMenu({
  name,
  entries,
}: {
  readonly name: string;
  readonly entries: readonly MenuEntry[];
}): ReactNode {
  const { say } = useText();
  if (entries.length === 0) return null;
  return (
    <Menu
      trigger={
        <IconButton label={say('instance.actions', { name })}>
          <Icon name="dots" />
        </IconButton>
      }
      entries={entries}
    />
  );
}
