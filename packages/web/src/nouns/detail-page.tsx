import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useAct } from '../acts/use-act.tsx';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { Columns, Facts, Page, Panel } from '../ui/page.tsx';
import type { Act } from './noun-page.tsx';

/** A page of one thing: its state, its facts, what belongs to it, and what can be done with it. */
export function DetailPage({
  title,
  above,
  beside,
  acts,
  facts,
  children,
}: {
  readonly title: string;
  /** The list that it is of. */
  readonly above: { readonly path: string; readonly label: string };
  readonly beside?: ReactNode;
  readonly acts: readonly Act[];
  readonly facts: Parameters<typeof Facts>[0]['facts'];
  readonly children: ReactNode;
}): ReactNode {
  const { say } = useText();
  const { ask, dialog } = useAct();
  return (
    <Page
      title={title}
      above={<Link href={above.path}>{above.label}</Link>}
      beside={beside}
      actions={acts.map(({ asked, label = asked.act, because = null }) => (
        <Button
          key={label}
          look={asked.isDangerous === true ? 'danger' : 'plain'}
          because={because}
          onClick={() => ask(asked)}
        >
          {label}
        </Button>
      ))}
    >
      <Columns
        main={children}
        side={
          <Panel title={say('host.facts')}>
            <Facts facts={facts} />
          </Panel>
        }
      />
      {dialog}
    </Page>
  );
}
