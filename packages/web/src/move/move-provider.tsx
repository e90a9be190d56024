import type { InstanceBody } from '@ferry/api';
import { createContext, lazy, type ReactNode, Suspense, use, useMemo, useState } from 'react';
import { useText } from '../i18n/text.tsx';

const MoveDialog = lazy(async () => ({ default: (await import('./move-dialog.tsx')).MoveDialog }));

/** Asks for a move: opens what tells whether and how it would go. `host`: the name of the target, where one was pointed at. */
type AskMove = (instance: InstanceBody, host?: string) => void;

const Context = createContext<AskMove>(() => undefined);

/** Lets every page ask for a move by one dialog. */
export function MoveProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const { say } = useText();
  const [asked, setAsked] = useState<{ instance: InstanceBody; host: string | null } | null>(null);
  const [begun, setBegun] = useState('');
  const ask = useMemo<AskMove>(() => (instance, host) => setAsked({ instance, host: host ?? null }), []);
  return (
    <Context value={ask}>
      {children}
      {asked === null ? null : (
        <Suspense>
          <MoveDialog
            instance={asked.instance}
            host={asked.host}
            onClose={() => setAsked(null)}
            onBegun={(host) => {
              setAsked(null);
              setBegun(say('move.begun', { instance: asked.instance.name, host }));
            }}
          />
        </Suspense>
      )}
      <p role="status" className="visually-hidden">
        {begun}
      </p>
    </Context>
  );
}

export function useAskMove(): AskMove {
  return use(Context);
}
