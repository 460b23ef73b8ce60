/** Starts embed.html: nothing is shown or loaded before an allowed page around it has connected. */
import './start-failure.ts';
import { startInferenceWorker } from '../../backends/inference-worker.ts';
import { createWorkerBackend } from '../../backends/worker.ts';
import { Assistant } from '../assistant.ts';
import { ImageAssistantElement } from '../element.ts';
import type { StartBackend } from '../shared-backend.ts';
import { FrameConnection } from './connection.ts';
import { listenForPage } from './handshake.ts';
import { fetchOrigins, mayBeShown } from './origins.ts';
import type { Connect } from './protocol.ts';
import { frameWords } from './words.ts';
import './embed.css';

const PLACE = { baseUrl: new URL('.', document.baseURI) };
const startBackend: StartBackend = ({ modelUrl, device }) =>
  createWorkerBackend({
    modelUrl: modelUrl.href,
    ...(device ? { device } : {}),
    createWorker: startInferenceWorker,
  });

/** Everything is in a landmark, so that screen readers can jump to it. */
const main = document.querySelector('main') ?? document.body;

function say(text: string, ...more: Node[]): void {
  const note = document.createElement('p');
  note.append(text, ...more);
  main.replaceChildren(note);
}

/** Opened by itself: the way to the page that is made for it, and for the site's owner what is wrong with the list. */
function standAlone(problem: unknown): void {
  const { alone, open } = frameWords(navigator.languages);
  const link = document.createElement('a');
  link.href = './';
  link.textContent = open;
  say(`${alone} `, link);
  if (problem instanceof Error) main.append(problem.message);
}

function show({ lang, theme }: Connect): ImageAssistantElement {
  customElements.define('image-assistant', ImageAssistantElement);
  const element = new ImageAssistantElement();
  element.baseUrl = PLACE.baseUrl.href;
  // The model is fetched when somebody asks, not because a page was opened that has this frame somewhere.
  element.setAttribute('loading', 'lazy');
  const words = frameWords(lang ? [lang] : navigator.languages);
  Object.assign(document.documentElement, { lang: lang ?? words.lang, dir: words.dir });
  if (theme) {
    element.theme = theme;
    document.documentElement.style.colorScheme = theme;
  }
  say(words.heard);
  main.prepend(element);
  return element;
}

function listen(allowed: ReadonlySet<string>): void {
  const { ancestorOrigins } = location as { ancestorOrigins?: DOMStringList };
  const ancestors = ancestorOrigins && [...ancestorOrigins];
  if (!mayBeShown(ancestors, allowed)) {
    say(frameWords(navigator.languages).refused);
    return;
  }
  // Where the browser does not say who is around, every allowed page is told; the others do not get to see it.
  const greet = ancestors?.[0] === undefined ? allowed : [ancestors[0]];
  listenForPage(window, allowed, greet, (port, options) => {
    const element = show(options);
    let assistant: Assistant | null = null;
    const parts = { element, assistant: () => (assistant ??= new Assistant(PLACE, startBackend)) };
    const connection = new FrameConnection(port, parts);
    new ResizeObserver(() => {
      connection.tell('size', { height: Math.ceil(main.getBoundingClientRect().height) });
    }).observe(main);
  });
}

ImageAssistantElement.startBackend = startBackend;
const { lang, dir } = frameWords(navigator.languages);
Object.assign(document.documentElement, { lang, dir });
// What is wrong with the list is told to whoever opens the page by itself.
const origins = await fetchOrigins(document.baseURI).catch((thrown: unknown) => thrown);
// Pages of this very origin could do everything here by themselves.
const allowed = new Set([location.origin, ...(origins instanceof Set ? (origins as ReadonlySet<string>) : [])]);
if (window.parent === window) standAlone(origins);
else listen(allowed);
