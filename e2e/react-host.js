/** Props → one `<image-assistant>` that React renders; a test gives others through `setProps`. */
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

const root = createRoot(document.body.appendChild(document.createElement('main')));
globalThis.setProps = (props) => root.render(createElement('image-assistant', props));
globalThis.setProps({ model: 'named', src: '/drawn.png', theme: 'dark', baseUrl: '/elsewhere/' });
