import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { Asked } from './asked.ts';

const ActDialog = lazy(async () => ({ default: (await import('./act-dialog.tsx')).ActDialog }));

/** `ask` opens the dialog of what is asked for; `dialog` is to stand somewhere on the page. */
export function useAct(): { readonly ask: (asked: Asked) => void; readonly dialog: ReactNode } {
  const [asked, setAsked] = useState<Asked | null>(null);
  const dialog =
    asked === null ? null : (
      <Suspense>
        <ActDialog asked={asked} onClose={() => setAsked(null)} />
      </Suspense>
    );
  return { ask: setAsked, dialog };
}
