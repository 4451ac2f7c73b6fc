// How the page looks on this device: told to the styles by attributes of the whole page.

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Theme = (typeof THEMES)[number];
export type Density = (typeof DENSITIES)[number];

const stored = <T extends string>(key: string, known: readonly T[]): T =>
  known.find((one) => one === localStorage.getItem(`salon.${key}`)) ?? known[0]!;

class Appearance {
  #theme = $state<Theme>(stored('theme', THEMES));
  #density = $state<Density>(stored('density', DENSITIES));
  /** Whether the members stand beside a room when nothing else does. */
  #members = $state(localStorage.getItem('salon.members') !== 'hidden');

  /** Whether what links lead to is shown. */
  #previews = $state(localStorage.getItem('salon.previews') !== 'hidden');

  /** A device whose owner asks for more contrast everywhere gets it here too. */
  readonly #more = matchMedia('(prefers-contrast: more)');

  constructor() {
    this.#more.addEventListener('change', () => this.#tell());
    this.#tell();
  }

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    localStorage.setItem('salon.theme', theme);
    this.#tell();
  }

  get density(): Density {
    return this.#density;
  }

  set density(density: Density) {
    this.#density = density;
    localStorage.setItem('salon.density', density);
    this.#tell();
  }

  get members(): boolean {
    return this.#members;
  }

  set members(shown: boolean) {
    this.#members = shown;
    localStorage.setItem('salon.members', shown ? 'shown' : 'hidden');
  }

  get previews(): boolean {
    return this.#previews;
  }

  set previews(shown: boolean) {
    this.#previews = shown;
    localStorage.setItem('salon.previews', shown ? 'shown' : 'hidden');
  }

  #tell(): void {
    const { dataset } = document.documentElement;
    dataset['theme'] = this.#theme === 'system' && this.#more.matches ? 'contrast' : this.#theme;
    dataset['density'] = this.#density;
  }
}

export const appearance = new Appearance();
