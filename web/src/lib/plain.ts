// A message's markdown as the words alone: for quotes, lists of hits, and whoever listens.

/** What is hidden until one asks for it stays so in a quote. */
const HIDDEN = '▒▒▒';

export function plain(text: string): string {
  const words = text
    .replace(/^ {0,3}(```|~~~).*$/gmu, '')
    .replace(/\|\|(?=\S)([^\n]*?\S)\|\|/gu, HIDDEN)
    .replace(/!?\[([^\]\n]*)\]\([^)\n]*\)/gu, '$1')
    // Headings, quotes and lists by what stands before their lines; rules and tables' rules are nothing.
    .replace(/^ {0,3}(#{1,6}|>|[-*+]) +/gmu, '')
    .replace(/^[ |:-]*-{3,}[ |:-]*$/gmu, '')
    .replace(/^\|(.*)\|\s*$/gmu, (_, cells: string) => cells.split('|').map((cell) => cell.trim()).join(' · '));
  return unmarked(words).replace(/\s*\n\s*/gu, ' ').trim();
}

/** A piece of a message without the marks that would stand between its words. */
export const unmarked = (piece: string): string =>
  piece
    .replace(/(?<=\n) {0,3}(#{1,6}|>|[-*+]) +/gu, '')
    .replace(/(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]*\S)\*(?![\p{L}\p{N}*])/gu, '$1')
    .replace(/\*\*|~~|`+/gu, '');

const EMOJI = String.raw`(?:\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)*)`;
const FEW = new RegExp(String.raw`^\s*(?:${EMOJI}\s*){1,6}$`, 'u');

/** A few emoji and no word: they are what is said, and may be large. */
export const isFewEmoji = (text: string): boolean => text.length <= 120 && FEW.test(text);
