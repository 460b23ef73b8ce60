/** The look of `<image-assistant>`; what a site may change are the custom properties and the parts. */

export const STYLE = `
:host {
  color-scheme: light dark;
  --_accent: var(--image-assistant-accent, light-dark(#1f5fd0, #8ab4ff));
  --_background: var(--image-assistant-background, light-dark(#fff, #17191c));
  --_text: var(--image-assistant-text, light-dark(#1b1d20, #eceef1));
  --_line: var(--image-assistant-line, light-dark(#8a9099, #767c86));
  --_radius: var(--image-assistant-radius, 12px);
  display: block;
  padding: 12px;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_background);
  color: var(--_text);
  font: var(--image-assistant-font, 16px/1.5 system-ui, sans-serif);
}
:host([theme='light']) { color-scheme: light; }
:host([theme='dark']) { color-scheme: dark; }
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
img { display: block; max-width: 100%; max-height: 240px; margin-block-end: 8px; border-radius: calc(var(--_radius) / 2); }
[part='controls'] { margin-block-start: 12px; display: flex; flex-wrap: wrap; gap: 8px; }
textarea { flex: 1 1 12em; min-height: 44px; padding: 8px; resize: vertical; font: inherit; color: inherit; }
button, textarea { border: 1px solid var(--_line); border-radius: calc(var(--_radius) / 2); background: transparent; }
button { min-height: 44px; min-width: 44px; padding: 0 14px; font: inherit; color: inherit; cursor: pointer; }
button[part~='ask'] { border-color: transparent; background: var(--_accent); color: var(--_background); }
button:disabled { opacity: 0.5; cursor: default; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
[part='question-asked'] { margin: 12px 0 0; font-weight: 600; overflow-wrap: anywhere; }
[part='answer'] { margin: 4px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
[part='status'], [part='error'] { margin: 8px 0 0; font-size: 0.875em; }
[part='error'] { font-weight: 600; }
.heard { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.dropping { outline: 2px dashed var(--_accent); outline-offset: 4px; }
`;
