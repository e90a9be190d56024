import type { HostBody, InstanceBody } from '@ferry/api';
import { type KeyboardEvent, type ReactNode, useDeferredValue, useId, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { useHosts, useInstances, useMay } from '../api/queries.ts';
import { type Say, useText } from '../i18n/text.tsx';
import { useAskMove } from '../move/move-provider.tsx';
import { sidebarOf } from '../pages/pages.tsx';
import { Dialog } from '../ui/dialog.tsx';
import style from './palette.module.css';
import { type Thing, useThings } from './palette-things.ts';

/** Entries of each kind at most: who does not find it types more. */
const most = 8;

interface Entry {
  readonly key: string;
  readonly kind: string;
  readonly label: string;
  readonly beside: string;
  readonly act: () => void;
}

/** Everything by its name (⌘K): pages, instances, hosts, what instances are made of, and to move an instance. */
export function Palette({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { say } = useText();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const id = useId();
  const entries = useEntries(useDeferredValue(text.trim().toLowerCase()), say);
  const chosen = Math.min(at, entries.length - 1);
  const choose = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    onClose();
    entry.act();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter') choose(entries[chosen]);
    else if (step !== undefined) setAt(Math.max(0, Math.min(entries.length - 1, chosen + step)));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={say('palette.title')} closeLabel={say('close')} onClose={onClose}>
      <input
        className={style['input']}
        role="combobox"
        aria-label={say('palette.open')}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={entries[chosen] === undefined ? undefined : `${id}-${chosen}`}
        autoFocus
        value={text}
        placeholder={say('palette.open')}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={id} role="listbox" aria-label={say('palette.title')} className={style['list']}>
        {entries.map((entry, index) => (
          <div
            key={entry.key}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            className={style['entry']}
            onPointerMove={() => setAt(index)}
            onClick={() => choose(entry)}
          >
            <span className={style['kind']}>{entry.kind}</span>
            <span className={style['label']}>{entry.label}</span>
            <span className={style['beside']}>{entry.beside}</span>
          </div>
        ))}
      </div>
      {entries.length === 0 ? <p className={style['none']}>{say('fleet.nothing')}</p> : null}
    </Dialog>
  );
}

function useEntries(search: string, say: Say): readonly Entry[] {
  const [, navigate] = useLocation();
  const askMove = useAskMove();
  const mayMove = useMay('operator');
  const isAdmin = useMay('admin');
  const hosts = useHosts().data;
  const instances = useInstances().data;
  const things = useThings();
  return useMemo(() => {
    const pages = sidebarOf(isAdmin)
      .flat()
      .map(({ path, name }) => ({ path, name: say(name) }))
      .filter(({ name }) => name.toLowerCase().includes(search))
      .map(({ path, name }) => made(path, say('palette.page'), name, '', () => navigate(path)));
    if (search === '') return pages;
    const found = matching<InstanceBody>(instances?.values() ?? [], search);
    return [
      ...found.map((one) =>
        made(one.id, say('palette.instance'), one.name, one.host, () => navigate(`/instances/${one.id}`)),
      ),
      ...(mayMove
        ? found
            .slice(0, 3)
            .map((one) => made(`move ${one.id}`, say('palette.move'), one.name, one.host, () => askMove(one)))
        : []),
      ...matching<HostBody>(hosts ?? [], search).map((one) =>
        made(one.id, say('palette.host'), one.name, one.zone ?? '', () => navigate(`/hosts/${one.id}`)),
      ),
      ...matching<Thing>(things, search).map(({ kind, name, path }) =>
        made(path, say(kind), name, '', () => navigate(path)),
      ),
      ...pages,
    ];
  }, [search, say, navigate, askMove, mayMove, isAdmin, hosts, instances, things]);
}

/** Those whose name begins so, before those that have it somewhere. */
function matching<One extends { readonly name: string }>(all: Iterable<One>, search: string): One[] {
  const starts: One[] = [];
  const has: One[] = [];
  for (const one of all) {
    const found = one.name.toLowerCase().indexOf(search);
    if (found === 0) starts.push(one);
    else if (found > 0 && has.length < most) has.push(one);
    if (starts.length >= most) break;
  }
  return [...starts, ...has].slice(0, most);
}

function made(key: string, kind: string, label: string, beside: string, act: () => void): Entry {
  return { key, kind, label, beside, act };
}
