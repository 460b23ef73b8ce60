/** Attributes of `<image-assistant>` ⇄ its properties. */
import type { Device } from '../../contract/backend.ts';

/** Servers have no HTMLElement; there the module can be imported and does nothing. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

export class AttributesElement extends Base {
  /** Name of a model in the runtime's folder, or the address of a model folder. */
  get model(): string {
    return this.getAttribute('model') ?? '';
  }
  set model(value: string) {
    this.setAttribute('model', value);
  }

  /** Address of the image: of this page's origin, `data:` or `blob:`. */
  get src(): string {
    return this.getAttribute('src') ?? '';
  }
  set src(value: string) {
    this.setAttribute('src', value);
  }

  /** `light` or `dark`; anything else is what the page has. */
  get theme(): string {
    return this.getAttribute('theme') ?? '';
  }
  set theme(value: string) {
    this.setAttribute('theme', value);
  }

  /** Where the package's `runtime/` folder is served. */
  get baseUrl(): string {
    return this.getAttribute('base-url') ?? '';
  }
  set baseUrl(value: string) {
    this.setAttribute('base-url', value);
  }

  get device(): Device | undefined {
    const value = this.getAttribute('device');
    return value === 'webgpu' || value === 'wasm' ? value : undefined;
  }
  set device(value: Device | undefined) {
    if (value) this.setAttribute('device', value);
    else this.removeAttribute('device');
  }
}
