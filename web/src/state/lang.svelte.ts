// The language of the page.

import { speak } from '../lib/api';
import { word, type Lang, type Word } from '../lib/words';

const STORED = 'salon.lang';

function initial(): Lang {
  const stored = localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

class Language {
  current = $state<Lang>(initial());
  readonly all: { tag: Lang; name: string }[] = [{ tag: 'en', name: 'English' }, { tag: 'zh', name: '中文' }];

  constructor() {
    this.#tell();
  }

  choose(lang: Lang): void {
    this.current = lang;
    localStorage.setItem(STORED, lang);
    this.#tell();
  }

  #tell(): void {
    document.documentElement.lang = this.current === 'zh' ? 'zh-CN' : 'en';
    speak(this.current);
  }
}

export const language = new Language();

export const t = (key: Word, values?: Record<string, string>): string => word(language.current, key, values);
