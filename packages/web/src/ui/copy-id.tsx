import { type ReactNode, useState } from 'react';
import { Icon } from './icon.tsx';
import style from './copy-id.module.css';

/** An id in mono that a click copies. */
export function CopyId({ id, label }: { readonly id: string; readonly label: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className={style['copy']}
      aria-label={`${label} ${id}`}
      onClick={() => {
        void navigator.clipboard?.writeText(id).then(() => setCopied(true));
        setTimeout(() => setCopied(false), 1_500);
      }}
    >
      <span>{id}</span>
      <Icon name={copied ? 'check' : 'copy'} size={13} />
    </button>
  );
}
