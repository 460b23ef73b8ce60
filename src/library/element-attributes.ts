/** Attributes of `<image-assistant>` ⇄ its properties, also those that were set before the element was defined. */
import type { Device } from '../../contract/backend.ts';

/** Servers have no HTMLElement; there the module can be imported and does nothing. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** Frameworks take a property away with null or undefined; getters give an empty text then. */
type Text = string | null | undefined;

export class AttributesElement extends Base {
  #begun = false;
  /** Changed since the last call of `attributesChanged`. */
  readonly #changed = new Set<string>();

  /** Takes over, at its first call, what was set before the element was known; an element calls it in a page. */
  protected begin(): void {
    if (!this.#begun) this.#takeOver();
    this.#begun = true;
  }

  /** What stands there when the element comes into a page is read then; later changes are told together, a moment later. */
  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.#begun || !this.isConnected) return;
    if (this.#changed.size === 0) {
      queueMicrotask(() => {
        const names = new Set(this.#changed);
        this.#changed.clear();
        if (this.isConnected) this.attributesChanged(names);
      });
    }
    this.#changed.add(name);
  }

  /** For the element to follow. */
  protected attributesChanged(_names: ReadonlySet<string>): void {}

  /** Name of a model in the runtime's folder, or the address of a model folder. */
  get model(): string {
    return this.getAttribute('model') ?? '';
  }
  set model(value: Text) {
    this.#reflect('model', value);
  }

  /** Address of the image: of this page's origin, `data:` or `blob:`. */
  get src(): string {
    return this.getAttribute('src') ?? '';
  }
  set src(value: Text) {
    this.#reflect('src', value);
  }

  /** `light` or `dark`; anything else is what the page has. */
  get theme(): string {
    return this.getAttribute('theme') ?? '';
  }
  set theme(value: Text) {
    this.#reflect('theme', value);
  }

  /** Where the package's `runtime/` folder is served. */
  get baseUrl(): string {
    return this.getAttribute('base-url') ?? '';
  }
  set baseUrl(value: Text) {
    this.#reflect('base-url', value);
  }

  get device(): Device | undefined {
    const value = this.getAttribute('device');
    return value === 'webgpu' || value === 'wasm' ? value : undefined;
  }
  set device(value: Device | null | undefined) {
    this.#reflect('device', value);
  }

  /** `lazy` loads the model with the first question. */
  get loading(): string {
    return this.getAttribute('loading') ?? '';
  }
  set loading(value: Text) {
    this.#reflect('loading', value);
  }

  /** Under which a form sends the last answer. */
  get name(): string {
    return this.getAttribute('name') ?? '';
  }
  set name(value: Text) {
    this.#reflect('name', value);
  }

  #reflect(attribute: string, value: Text): void {
    if (value === null || value === undefined) this.removeAttribute(attribute);
    else this.setAttribute(attribute, value);
  }

  /**
   * What somebody set before the element was defined is a property of the object itself and hides the accessor for ever:
   * it is set anew, through it. What has no setter (`value`, `messages`, `form`, methods) is not for others to set.
   */
  #takeOver(): void {
    for (const name of Object.getOwnPropertyNames(this)) {
      const accessor = accessorOf(this, name);
      if (accessor === null) continue;
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      if (accessor.set) Reflect.set(this, name, value);
    }
  }
}

/** How the classes of the element, not those of the browser, define `name`; null where they do not. */
function accessorOf(element: object, name: string): PropertyDescriptor | null {
  let prototype: unknown = Object.getPrototypeOf(element);
  while (typeof prototype === 'object' && prototype !== null && prototype !== Base.prototype) {
    const found = Object.getOwnPropertyDescriptor(prototype, name);
    if (found) return found;
    prototype = Object.getPrototypeOf(prototype);
  }
  return null;
}
