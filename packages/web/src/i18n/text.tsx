import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react';
import { en, type MessageKey, type Messages } from './en.ts';

export const languages = { en: 'English', zh: '简体中文' } as const;
export type Language = keyof typeof languages;

/** Says a message, with values in place of `{name}`. */
export type Say = (key: MessageKey, values?: Readonly<Record<string, string | number>>) => string;

interface Text {
  readonly language: Language;
  readonly setLanguage: (language: Language) => void;
  readonly say: Say;
}

const Context = createContext<Text | null>(null);
const kept = 'ferry-language';

/** The page in the reader's language: what they chose, else what their browser asks for. English comes with the page. */
export function TextProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState(firstLanguage);
  const [others, setOthers] = useState<Messages | null>(null);
  const messages = language === 'en' ? en : others;
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
    if (language === 'zh') void import('./zh.ts').then(({ zh }) => setOthers(zh));
  }, [language]);
  const choose = useCallback((next: Language) => {
    localStorage.setItem(kept, next);
    setLanguage(next);
  }, []);
  const text = useMemo<Text>(
    () => ({ language, setLanguage: choose, say: (key, values) => filled((messages ?? en)[key], values) }),
    [language, choose, messages],
  );
  return messages === null ? null : <Context value={text}>{children}</Context>;
}

export function useText(): Text {
  const text = use(Context);
  if (text === null) throw new Error('useText is called outside of TextProvider');
  return text;
}

/** A message with its values. A name that has none stays as it is, so that it is seen. */
function filled(message: string, values: Readonly<Record<string, string | number>> = {}): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function firstLanguage(): Language {
  const chosen = localStorage.getItem(kept);
  if (chosen === 'en' || chosen === 'zh') return chosen;
  return navigator.languages.some((one) => one.toLowerCase().startsWith('zh')) ? 'zh' : 'en';
}
