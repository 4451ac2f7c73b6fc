// Tests speak every language at once.

import { fetchLanguage, LANGS } from './words';

await Promise.all(LANGS.map(fetchLanguage));
