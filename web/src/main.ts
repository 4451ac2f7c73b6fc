import { mount } from 'svelte';
import './tokens.css';
import './app.css';
import App from './App.svelte';
import { watchScreenKeyboard } from './lib/screen-keyboard';
import { language } from './state/lang.svelte';

// The page itself is kept on the device once it stands; a browser that does not do so works without.
// Said before anything is waited for: the load of the page comes once.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => {}));
}

await language.ready;
const target = document.getElementById('app');
if (target) mount(App, { target });
watchScreenKeyboard();
