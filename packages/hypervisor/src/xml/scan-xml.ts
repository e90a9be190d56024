/** What a text is made of, without any of it being built: enough to say no to what would take too long. */
export interface ScannedXml {
  readonly elements: number;
  /** Elements in elements, the root being one. */
  readonly depth: number;
  /** Tags that declare namespaces. */
  readonly namespaces: number;
  /** Where a child of the root of that name begins and ends; null where there is none. */
  readonly cut: { readonly from: number; readonly to: number } | null;
  readonly hasDoctype: boolean;
}

/** What is no element, by how it begins and ends. */
const others = [
  { start: '<!--', end: '-->' },
  { start: '<![CDATA[', end: ']]>' },
  { start: '<?', end: '?>' },
] as const;

/**
 * Looks through the tags of a text once, in time that grows with its length alone. What is no well-formed XML is not found out
 * here; of that the counts may be anything.
 */
export function scanXml(text: string, cutChild: string): ScannedXml {
  const found = { elements: 0, depth: 0, namespaces: 0 };
  let [open, from] = [0, -1];
  let cut: ScannedXml['cut'] = null;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    const start = at;
    const other = others.find((one) => text.startsWith(one.start, at));
    if (other !== undefined) {
      at = endOf(text, other.end, at + other.start.length);
      continue;
    }
    if (text.startsWith('<!', at)) return { ...found, cut, hasDoctype: true };
    at = endOfTag(text, at);
    if (text.startsWith('</', start)) {
      open -= 1;
      if (open === 1 && from !== -1 && cut === null) cut = { from, to: at };
      continue;
    }
    found.elements += 1;
    found.depth = Math.max(found.depth, open + 1);
    if (text.slice(start, at).includes('xmlns')) found.namespaces += 1;
    const isWhole = text[at - 2] === '/';
    if (open === 1 && cut === null && from === -1 && isNamed(text, start, cutChild)) {
      if (isWhole) cut = { from: start, to: at };
      else from = start;
    }
    if (!isWhole) open += 1;
  }
  return { ...found, cut, hasDoctype: false };
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
}

/** A `>` between quotation marks ends no tag. */
function endOfTag(text: string, from: number): number {
  const mark = /["'>]/g;
  mark.lastIndex = from;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    if (match[0] === '>') return match.index + 1;
    const closing = text.indexOf(match[0], match.index + 1);
    if (closing === -1) break;
    mark.lastIndex = closing + 1;
  }
  return text.length;
}

function isNamed(text: string, at: number, name: string): boolean {
  return text.startsWith(name, at + 1) && /[\s/>]/.test(text[at + 1 + name.length] ?? '');
}
