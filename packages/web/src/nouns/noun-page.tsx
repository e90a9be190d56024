import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useAct } from '../acts/use-act.tsx';
import { useText } from '../i18n/text.tsx';
import { Button } from '../ui/button.tsx';
import { SearchField } from '../ui/field.tsx';
import { Page, Panel } from '../ui/page.tsx';
import type { Noun } from './noun.ts';
import { NounTable } from './noun-table.tsx';

interface NounProps<Row> {
  readonly noun: Noun<Row>;
  readonly found: Pick<UseQueryResult<readonly Row[]>, 'data' | 'error'>;
}

/** A page of all things of a kind: searched, made, and what can be done with each. */
export function NounPage<Row>({
  noun,
  found,
  beside,
}: NounProps<Row> & { readonly beside?: ReactNode }): ReactNode {
  const { say } = useText();
  const { ask, dialog } = useAct();
  const [word, setWord] = useState('');
  const { create = null } = noun;
  return (
    <Page
      fills
      title={noun.label}
      beside={beside}
      actions={
        <>
          <SearchField
            label={say('fleet.search')}
            value={word}
            onChange={({ target }) => setWord(target.value)}
          />
          {create === null ? null : (
            <Button look="primary" onClick={() => ask(create)}>
              {create.title}
            </Button>
          )}
        </>
      }
    >
      <NounTable noun={noun} found={found} word={word} onAsk={ask} />
      {dialog}
    </Page>
  );
}

/** The same as a part of a page. */
export function NounPanel<Row>({ noun, found }: NounProps<Row>): ReactNode {
  const { ask, dialog } = useAct();
  const { create = null } = noun;
  return (
    <Panel
      title={noun.label}
      beside={
        create === null ? undefined : (
          <Button look="quiet" onClick={() => ask(create)}>
            {create.title}
          </Button>
        )
      }
    >
      <NounTable inset noun={noun} found={found} onAsk={ask} />
      {dialog}
    </Panel>
  );
}
