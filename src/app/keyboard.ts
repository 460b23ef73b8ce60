/** An on-screen keyboard that lies over the page → a custom property by which the composer stays above it. */

/** Follows the part of the page that is seen; where the browser makes room by itself, nothing is covered. */
export function followKeyboard(): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const follow = (): void => {
    // Enlarged with two fingers, the page shows a part of itself without any keyboard.
    const covered = seen.scale > 1 ? 0 : Math.max(0, Math.round(window.innerHeight - seen.height - seen.offsetTop));
    document.documentElement.style.setProperty('--keyboard', `${covered}px`);
  };
  for (const change of ['resize', 'scroll']) seen.addEventListener(change, follow);
}
