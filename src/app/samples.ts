/** What works at once: sample images that the embedded model can talk about, and questions that take one tap. */
import type { Words } from './words/en.ts';

/** Images in the page's `samples/` folder. */
export const SAMPLES: readonly { file: string; name: keyof Words['welcome'] }[] = [
  { file: 'samples/shapes.png', name: 'sampleShapes' },
  { file: 'samples/count.png', name: 'sampleCount' },
  { file: 'samples/word.png', name: 'sampleWord' },
];

/** `question` goes to the model, in the language that the models here were taught; `name` is what the person reads. */
export const ACTIONS: readonly { name: Exclude<keyof Words['actions'], 'name'>; question: string }[] = [
  { name: 'describe', question: 'Describe the picture.' },
  { name: 'read', question: 'What does the text say?' },
  { name: 'what', question: 'What is this?' },
  { name: 'alt', question: 'Describe this image in one short sentence.' },
];
