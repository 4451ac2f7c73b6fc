// A message's markdown as HTML that cannot do anything.
//
// Raw HTML in a message is shown as text; what the markdown makes goes through a sanitiser all
// the same. Code is coloured by a library that is fetched only when there is code.

import DOMPurify from 'dompurify';
import { Marked, type RendererThis, type TokenizerThis, type Tokens } from 'marked';

const escape = (text: string) =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Whom the message being rendered calls, the longest name first. */
let names: string[] = [];

/** Chinese sets no space behind a name: `@小波你好` calls 小波, as the server has found. */
function called(text: string): string | undefined {
  const folded = text.toLowerCase();
  const name = names.find((name) => folded.startsWith(name));
  return name && text.slice(0, name.length);
}

const mention = {
  name: 'mention',
  level: 'inline' as const,
  start: (source: string) => source.search(/[@#]/),
  tokenizer(source: string) {
    const found = /^([@#])([\p{L}\p{N}_][\p{L}\p{N}_.-]{0,31})/u.exec(source);
    if (!found) return undefined;
    const name = (found[1] === '@' ? called(found[2] ?? '') : undefined) ?? (found[2] ?? '').replace(/[.-]+$/, '');
    return { type: 'mention', raw: `${found[1]}${name}`, sigil: found[1], name };
  },
  renderer: (token: Tokens.Generic) =>
    `<span class="mention" data-sigil="${escape(token['sigil'])}" data-name="${escape(token['name'])}">${escape(token.raw)}</span>`,
};

/** `||text||` is there for whoever asks to see it. */
const spoiler = {
  name: 'spoiler',
  level: 'inline' as const,
  start: (source: string) => source.indexOf('||'),
  tokenizer(this: TokenizerThis, source: string) {
    const found = /^\|\|(?=[^\s|])([^\n]*?[^\s|])\|\|/u.exec(source);
    return found ? { type: 'spoiler', raw: found[0], tokens: this.lexer.inlineTokens(found[1]!) } : undefined;
  },
  renderer(this: RendererThis, token: Tokens.Generic) {
    return `<span class="spoiler"><span>${this.parser.parseInline(token.tokens ?? [])}</span></span>`;
  },
};

/** A letter at least: times of day are none. */
const NAMED = /:(?=[\p{N}_-]*\p{L})[\p{L}\p{N}_-]{2,24}:/u;
const NAMED_HERE = new RegExp(`^${NAMED.source}`, 'u');

/** `:name:` may be an emoji that people here made: whoever shows the text knows whether it is. */
const named = {
  name: 'named',
  level: 'inline' as const,
  start: (source: string) => source.search(NAMED),
  tokenizer(source: string) {
    const found = NAMED_HERE.exec(source);
    return found ? { type: 'named', raw: found[0] } : undefined;
  },
  renderer: (token: Tokens.Generic) => `<span class="named">${escape(token.raw)}</span>`,
};

/** Sums of money are none: what stands between the signs touches both, and no digit comes behind. */
const MATH = /^(?:\$\$\s*(?=\S)([^$]+?)\s*\$\$|\$(?=[^\s$])([^$\n]*[^\s$\\])\$(?![\d\p{L}]))/u;

/** `$…$` and `$$…$$` keep what was written until somebody sets it as a formula. */
const math = {
  name: 'math',
  level: 'inline' as const,
  start: (source: string) => source.indexOf('$'),
  tokenizer(source: string) {
    const found = MATH.exec(source);
    return found ? { type: 'math', raw: found[0], block: found[1] !== undefined } : undefined;
  },
  renderer: (token: Tokens.Generic) => `<span class="math" data-math="${token['block'] ? 'block' : 'inline'}">${escape(token.raw)}</span>`,
};

const marked = new Marked({ gfm: true, breaks: true });
marked.use({
  extensions: [mention, spoiler, math, named],
  tokenizer: { html: () => undefined, tag: () => undefined } as never,
  renderer: {
    html: ({ text }) => escape(text),
    em({ text, tokens }) {
      const words = this.parser.parseInline(tokens);
      return /\p{Script=Han}/u.test(text) ? `<em class="han">${words}</em>` : `<em>${words}</em>`;
    },
    // Nobody ticks it off here: a sign, not a field.
    checkbox: ({ checked }) => `<span class="tick">${checked ? '☑' : '☐'}</span> `,
    // A picture from elsewhere would tell its host who reads: it becomes a link.
    image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
    code: ({ text, lang }) => {
      const language = escape((lang ?? '').split(/\s/)[0] ?? '');
      return `<pre data-language="${language}"><code>${escape(text)}</code></pre>`;
    },
  },
});

DOMPurify.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  const href = node.getAttribute('href') ?? '';
  // Our own links stay in the page, others leave it without telling where they come from.
  if (!href.startsWith('/') || href.startsWith('//')) {
    node.setAttribute('target', '_blank');
    node.setAttribute('rel', 'noopener noreferrer nofollow');
  }
});

const rendered = new Map<string, string>();
const RENDERED_MAX = 2_000;
/** Names for many, in the languages of the server. */
export const MANY = ['所有人', '在线成员'];

/** `mentions`: the handles that the server has found in it. */
export function toHtml(text: string, mentions: string[] = []): string {
  const key = mentions.length > 0 ? `${mentions.join(' ')}\n${text}` : text;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  names = [...mentions.map((handle) => handle.toLowerCase()), ...MANY].sort((a, b) => b.length - a.length);
  const html = DOMPurify.sanitize(marked.parse(text, { async: false }), {
    ALLOWED_TAGS: [
      'a', 'b', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr',
      'li', 'ol', 'p', 'pre', 'span', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul',
    ],
    ALLOWED_ATTR: ['href', 'class', 'data-sigil', 'data-name', 'data-language', 'data-math', 'start', 'align'],
    // To a browser both slashes are one: with two of them an address leads to another site.
    ALLOWED_URI_REGEXP: /^(https?:|mailto:|\/(?![/\\]))/i,
    // Words and numbers of a short list, no addresses: the sanitiser would hold them to the rule above.
    ADD_URI_SAFE_ATTR: ['align', 'start'],
    FORBID_ATTR: ['style'],
  });
  if (rendered.size >= RENDERED_MAX) rendered.clear();
  rendered.set(key, html);
  return html;
}

/** Colours the code blocks inside an element. */
export async function colour(element: HTMLElement): Promise<void> {
  const blocks = [...element.querySelectorAll<HTMLElement>('pre[data-language]:not([data-done])')];
  const named = blocks.filter((block) => block.dataset['language']);
  if (named.length === 0) return;
  const { highlight } = await import('./highlight');
  for (const block of named) {
    const code = block.querySelector('code');
    if (!code) continue;
    const html = highlight(code.textContent ?? '', block.dataset['language'] ?? '');
    block.dataset['done'] = '';
    if (html) code.innerHTML = DOMPurify.sanitize(html, { ALLOWED_TAGS: ['span'], ALLOWED_ATTR: ['class'] });
  }
}

/** Sets the formulas inside an element. What is no formula stays as it was written. */
export async function typeset(element: HTMLElement): Promise<void> {
  const formulas = [...element.querySelectorAll<HTMLElement>('.math:not([data-done])')];
  if (formulas.length === 0) return;
  const { mathml } = await import('./math');
  for (const formula of formulas) {
    formula.dataset['done'] = '';
    const set = mathml((formula.textContent ?? '').replace(/^\$+|\$+$/g, ''), formula.dataset['math'] === 'block');
    if (set) formula.innerHTML = set;
  }
}
