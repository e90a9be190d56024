/** Fixed sentences of the controller and what they are in another language, with the same values in both: `{host}`. */
export type Sentences = readonly (readonly [english: string, other: string])[];

/** Gives a sentence of the controller in another language; one that fits none of those that are known stays as it is. */
export function sentenceReader(sentences: Sentences): (sentence: string) => string {
  const known = sentences.map(([english, other]) => ({ pattern: patternOf(english), other }));
  return (sentence) => {
    for (const { pattern, other } of known) {
      const values = pattern.exec(sentence)?.groups;
      if (values !== undefined || pattern.test(sentence))
        return other.replace(/\{(\w+)\}/g, (_whole, name: string) => values?.[name] ?? '');
    }
    return sentence;
  };
}

function patternOf(english: string): RegExp {
  const parts = english.split(/\{(\w+)\}/);
  const text = parts.map((part, index) => (index % 2 === 0 ? escaped(part) : `(?<${part}>.+?)`)).join('');
  return new RegExp(`^${text}$`, 's');
}

/** `RegExp.escape` is not in every browser that is about. */
function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
