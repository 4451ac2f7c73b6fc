// The keyboard of a phone lies over the page where the browser does not make room for it. Then the
// page is as high as what is seen of it (`--seen` in app.css).

export function watchScreenKeyboard(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const fit = () => {
    // Whoever magnifies the page wants it as it is.
    const isCovered = viewport.scale < 1.05 && innerHeight - viewport.height > 60;
    if (isCovered) {
      document.documentElement.style.setProperty('--seen', `${viewport.height}px`);
      scrollTo(0, 0);
    } else document.documentElement.style.removeProperty('--seen');
  };
  viewport.addEventListener('resize', fit);
  viewport.addEventListener('scroll', fit);
}
