import { eastAsianWidth } from 'get-east-asian-width';

/** Made when it is first needed: it reads the tables of all scripts, a fifth of a command's start. */
let segmenter: Intl.Segmenter | null = null;

const isAscii = /^[\u{20}-\u{7e}]*$/u;

/** How many columns of a terminal a text without control characters takes: wide characters and emoji two, marks none. */
export function textWidth(text: string): number {
  if (isAscii.test(text)) return text.length;
  segmenter ??= new Intl.Segmenter();
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += clusterWidth(segment);
  return width;
}

/** Of what is one character to a reader: that of its first part that is seen. U+FE0F asks for the picture, which is wide. */
function clusterWidth(cluster: string): number {
  if (/^\p{Regional_Indicator}|\u{FE0F}/u.test(cluster)) return 2;
  const seen = /[^\p{Default_Ignorable_Code_Point}\p{Format}\p{Nonspacing_Mark}\p{Enclosing_Mark}]/u.exec(
    cluster,
  );
  return seen === null ? 0 : eastAsianWidth(seen[0].codePointAt(0) ?? 0);
}
