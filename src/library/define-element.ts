/** Import this once and `<image-assistant>` works in the page. */
import { ImageAssistantElement } from './element.ts';

export { ImageAssistantElement };

declare global {
  interface HTMLElementTagNameMap {
    'image-assistant': ImageAssistantElement;
  }
}

// Absent on a server, and defined already when the file came twice.
if (globalThis.customElements && !customElements.get('image-assistant'))
  customElements.define('image-assistant', ImageAssistantElement);
