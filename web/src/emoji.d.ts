/** Written by `vite-emoji.ts`. */
declare module 'virtual:emoji' {
  /** The languages of the names, in their order. */
  export const langs: string[];
  /** Character, group, shortcodes with spaces between, then a text a language: its name, and words for it, a line each. */
  export const rows: [string, number, string, ...string[]][];
}
