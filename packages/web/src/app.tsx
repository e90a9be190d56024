import { type ReactNode, Suspense, useEffect } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { live } from './api/live.ts';
import { queries, useSession } from './api/queries.ts';
import { whenSignedOut } from './api/request.ts';
import { useText } from './i18n/text.tsx';
import { MoveProvider } from './move/move-provider.tsx';
import { pages } from './pages/pages.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Shell } from './shell/shell.tsx';
import { Empty } from './ui/page.tsx';

/** The page: signed in, what its address names; else the sign-in, which leaves the address as it is. */
export function App(): ReactNode {
  const session = useSession();
  const user = session.data?.user ?? null;
  const isIn = user !== null && user.role !== null;
  useEffect(() => whenSignedOut(() => void queries.invalidateQueries({ queryKey: ['session'] })), []);
  useEffect(() => {
    if (!isIn) return undefined;
    live.start();
    return () => live.stop();
  }, [isIn]);
  if (session.data === undefined) return <Starting failed={session.isError} />;
  if (!isIn) return <SignIn session={session.data} />;
  return (
    <MoveProvider>
      <Shell>
        <Suspense>
          <Switch>
            {pages.map(({ path, page: Content }) => (
              <Route key={path} path={path}>
                {(parameters: Readonly<Record<string, string | undefined>>) => (
                  <Content id={parameters['id'] ?? ''} />
                )}
              </Route>
            ))}
            <Route path="/">
              <Redirect to="/fleet" replace />
            </Route>
            <Route>
              <NotHere />
            </Route>
          </Switch>
        </Suspense>
      </Shell>
    </MoveProvider>
  );
}

function Starting({ failed }: { readonly failed: boolean }): ReactNode {
  const { say } = useText();
  return failed ? <Empty>{say('connection.none')}</Empty> : null;
}

function NotHere(): ReactNode {
  const { say } = useText();
  return <Empty>{say('page.none')}</Empty>;
}
