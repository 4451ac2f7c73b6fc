// What an element of a message may be. Said once more and otherwise than the sanitiser does: what
// is not on these lists is harm.

const TAGS = new Set(['a', 'b', 'blockquote', 'br', 'button', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'img', 'li', 'ol', 'p', 'pre', 'span', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul']);
const ATTRIBUTES = new Set(['href', 'class', 'data-sigil', 'data-name', 'data-language', 'data-math', 'data-done', 'start', 'type', 'align', 'target', 'rel', 'role', 'aria-label', 'title', 'tabindex', 'src', 'alt']);
const FORMULA = new Set(['math', 'semantics', 'mrow', 'mi', 'mn', 'mo', 'ms', 'mtext', 'mspace', 'mfrac', 'msqrt', 'mroot', 'mstyle', 'merror', 'mpadded', 'mphantom', 'menclose', 'msub', 'msup', 'msubsup', 'munder', 'mover', 'munderover', 'mmultiscripts', 'mprescripts', 'none', 'mtable', 'mtr', 'mtd', 'mlabeledtr']);
const MATHML = 'http://www.w3.org/1998/Math/MathML';
const XHTML = 'http://www.w3.org/1999/xhtml';

/** Of the element itself: a form's own fields may go by any name that one would ask it for. */
const names = (element: Element): string[] => Element.prototype.getAttributeNames.call(element);
const read = (element: Element, name: string): string | null => Element.prototype.getAttribute.call(element, name);

/** What is wrong with an element; nothing where all is well. */
export function harm(element: Element): string[] {
  const tag = element.localName;
  if (['html', 'head', 'body'].includes(tag)) return [];
  const found: string[] = [];
  const isFormula = element.namespaceURI === MATHML;
  if (isFormula ? !FORMULA.has(tag) : element.namespaceURI !== XHTML || !TAGS.has(tag)) found.push(`<${tag}>`);
  for (const name of names(element)) {
    const known = isFormula ? !/^(on|style$|href$|src$|xlink|id$|name$|is$)/i.test(name) : ATTRIBUTES.has(name);
    if (!known) found.push(`<${tag} ${name}>`);
  }
  if (isFormula) return found;
  const href = read(element, 'href');
  if (href !== null) found.push(...link(element, href));
  // The only pictures are emoji that people here made, and there are no fields.
  if (tag === 'img' ? !/^\/api\/emoji\/[^/]+$/.test(read(element, 'src') ?? '') : read(element, 'src') !== null) found.push(`<${tag} src=${read(element, 'src')}>`);
  if (tag === 'button' && read(element, 'class') !== 'copy') found.push(`<button ${read(element, 'class')}>`);
  return found;
}

/** Where a link leads: into the page, or away from it in a place of its own that learns nothing. */
function link(element: Element, href: string): string[] {
  if (element.localName !== 'a') return [`<${element.localName} href>`];
  let url: URL;
  try {
    url = new URL(href, location.href);
  } catch {
    return [];
  }
  if (!['http:', 'https:', 'mailto:'].includes(url.protocol)) return [`a link to ${url.protocol}`];
  const away = url.origin !== location.origin;
  const apart = read(element, 'target') === '_blank' && /\bnoopener\b/.test(read(element, 'rel') ?? '') && /\bnoreferrer\b/.test(read(element, 'rel') ?? '');
  return away && !apart ? [`a link to ${url.origin} as if it were our own`] : [];
}
