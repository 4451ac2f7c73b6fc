// The language of the page.

import { speak } from '../lib/api';
import { byName, fetchLanguage, LANGS, languageOf, localeOf, nameOf, word, type Lang, type Word } from '../lib/words';

const STORED = 'salon.lang';
const FALLBACK = 'en';

/** What was chosen here, or the first of the browser's languages that there is. */
function initial(): Lang {
  const wanted = [localStorage.getItem(STORED) ?? '', ...navigator.languages];
  for (const tag of wanted.map((one) => one.toLowerCase())) {
    const known = LANGS.find((lang) => lang.toLowerCase() === tag) ?? LANGS.find((lang) => lang.toLowerCase() === tag.split('-')[0]);
    if (known) return known;
  }
  return FALLBACK;
}

class Language {
  current = $state<Lang>(initial());
  readonly all: { tag: Lang; name: string }[] = LANGS.map((tag) => ({ tag, name: nameOf(tag) }));
  /** Nothing is drawn before. */
  readonly ready = fetchLanguage(this.current).then(() => this.#tell());

  /** The one after this: what the button that changes it offers. */
  get next(): { tag: Lang; name: string } {
    const at = this.all.findIndex(({ tag }) => tag === this.current);
    return this.all[(at + 1) % this.all.length]!;
  }

  /** In which the server should speak. */
  get server(): 'en' | 'zh' {
    return languageOf(this.current)?.server ?? FALLBACK;
  }

  async choose(lang: Lang): Promise<void> {
    await fetchLanguage(lang);
    this.current = lang;
    localStorage.setItem(STORED, lang);
    this.#tell();
  }

  /** The account's own language counts, unless the one here is only another nearness to it. */
  async accord(lang: Lang): Promise<void> {
    if (lang !== this.server) await this.choose(lang);
  }

  #tell(): void {
    document.documentElement.lang = localeOf(this.current) === 'en-GB' ? 'en' : localeOf(this.current);
    speak(this.server);
  }
}

export const language = new Language();

export const t = (key: Word, values?: Record<string, string>): string => word(language.current, key, values);

/** The order of names in the language of the page. */
export const inOrder = (a: string, b: string): number => byName(language.current)(a, b);
