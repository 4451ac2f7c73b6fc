// Formulas, in a chunk of their own: TeX as MathML, which the browser itself sets and a screen reader
// reads. No styles and no fonts come with it.

import DOMPurify from 'dompurify';
import katex from 'katex';

/** A formula that is longer, or that expands to more, would hold up the page. */
const CHARS_MAX = 2_000;
const EXPANSIONS_MAX = 200;

/** Nothing for what TeX does not understand. */
export function mathml(tex: string, block: boolean): string | null {
  if (tex.length > CHARS_MAX) return null;
  try {
    const html = katex.renderToString(tex, { output: 'mathml', displayMode: block, throwOnError: true, trust: false, strict: 'ignore', maxExpand: EXPANSIONS_MAX, maxSize: 20 });
    return DOMPurify.sanitize(html, { USE_PROFILES: { mathMl: true }, ADD_TAGS: ['semantics'], FORBID_TAGS: ['annotation'], ADD_FORBID_CONTENTS: ['annotation'], FORBID_ATTR: ['style', 'href', 'src'] });
  } catch {
    return null;
  }
}
