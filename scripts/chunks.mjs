/** Which modules of the built site come in one file. Left to itself the bundler makes fifty; small ones compress badly. */

/** A folder or file below the repository's root, on any system. @param {string} path a regular expression with `/` */
const at = (path) => new RegExp(`[\\\\/]${path.replaceAll('/', '[\\\\/]')}`);

/**
 * A module goes into the first group of the highest priority that takes it, and what it imports goes with it. No worker may
 * need `react`, `shared` or anything behind them: they are the page's (e2e/budget.spec.ts).
 */
export const CHUNKS = [
  { name: 'react', test: at('node_modules/(react|react-dom|scheduler)/') },
  // Of every thread, and of the frame for other sites, which needs nothing else of the first screen.
  {
    name: 'core',
    test: /[\\/]contract[\\/](errors|new-id|stored-models)\.ts$|^\0vite[\\/]preload-helper/,
    priority: 3,
  },
  // Of both ends: what the page needs to call workers and to keep things, and what it needs once it has an image.
  {
    name: 'wire',
    test: at('(node_modules/(comlink|idb-keyval)/|contract/(wire|reasons|secure-context)\\.ts$)'),
    priority: 2,
  },
  {
    name: 'images',
    test: at('(image/(header|jpeg-segments|pixel-values|shrink)|runtime/decode-image)\\.ts$'),
    priority: 2,
  },
  // Of more than one worker; what a single one needs is in its own file.
  {
    name: 'workers',
    test: at('((contract|files|store|engine|runtime|workers)/[^.]+\\.ts$|node_modules/@noble/)'),
    priority: 1,
    minShareCount: 2,
  },
  // The first screen, beside what only it needs.
  {
    name: 'shared',
    test: at(
      'src/(backends/server-address|app/(later|failures|icons|state|progress|preferences|language|offline|wake-lock|' +
        'words/en(-failures)?|models/choice|images/reader))\\.tsx?$',
    ),
  },
  // After it, what the frame has too.
  { name: 'interaction', test: at('src/interaction/(image-file|answer-language|spoken-answer)\\.ts$') },
  // By what happens then: at once, with the first call, with an image, with a look at models and sources.
  { name: 'soon', test: at('src/app/(Dialog|answer/(Turns|Announcements)|history/(history|shelf))\\.tsx?$') },
  { name: 'calls', test: at('src/backends/(worker|model-store|inference-worker|answer-clock)\\.ts$') },
  { name: 'looking', test: at('src/app/images/(read|still|Camera|Viewer)\\.tsx?$') },
  { name: 'models', test: at('src/app/(Why|models/(ModelsDialog|FirstRun|walk)|backends/BackendPanel)\\.tsx?$') },
];

/**
 * Files that a part of the page asks for before it runs: those that the first screen has brought need no place in the list.
 * @param {string} _ @param {string[]} files @param {{ hostType: 'html' | 'js' }} host
 */
export const listed = (_, files, { hostType }) =>
  hostType === 'html' ? files : files.filter((file) => !/(^|\/)(react|rolldown-runtime|core|shared)-/.test(file));
