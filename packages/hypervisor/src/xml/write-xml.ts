/** Text made safe to stand in XML, between tags or in an attribute: in that, line ends and tabs would become blanks. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&'"\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
