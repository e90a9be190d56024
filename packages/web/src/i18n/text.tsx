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
  /** A fixed sentence of the controller (a phase, a reason) in the reader's language; others stay in English. */
  readonly read: (sentence: string) => string;
  /** What a check is about, by its code, where that is not English. */
  readonly titleOf: (code: string) => string | null;
}

/** A language that does not come with the page. */
interface OtherLanguage {
  readonly messages: Messages;
  readonly read: (sentence: string) => string;
  readonly titles: Readonly<Record<string, string>>;
}

const asItIs = (sentence: string): string => sentence;

async function chinese(): Promise<OtherLanguage> {
  const [{ zh }, { findingTitlesZh }, { sentencesZh }, { sentenceReader }] = await Promise.all([
    import('./zh.ts'),
    import('./zh/finding-titles.ts'),
    import('./zh/sentences.ts'),
    import('./sentence-reader.ts'),
  ]);
  return { messages: zh, read: sentenceReader(sentencesZh), titles: findingTitlesZh };
}

const Context = createContext<Text | null>(null);
const kept = 'ferry-language';

/** The page in the reader's language: what they chose, else what their browser asks for. English comes with the page. */
export function TextProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState(firstLanguage);
  const [others, setOthers] = useState<OtherLanguage | null>(null);
  const other = language === 'en' ? null : others;
  const messages = language === 'en' ? en : (other?.messages ?? null);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
    if (language === 'zh') void chinese().then(setOthers);
  }, [language]);
  const choose = useCallback((next: Language) => {
    localStorage.setItem(kept, next);
    setLanguage(next);
  }, []);
  const text = useMemo<Text>(
    () => ({
      language,
      setLanguage: choose,
      say: (key, values) => filled((messages ?? en)[key], values),
      read: other?.read ?? asItIs,
      titleOf: (code) => other?.titles[code] ?? null,
    }),
    [language, choose, messages, other],
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
