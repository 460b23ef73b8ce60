/** Messages → input_ids, with image slots, as the model was trained to read them. */
import type { Message } from '../../contract/chat.ts';
import { AppError } from '../../contract/errors.ts';
import type { PromptTemplate } from '../../contract/manifest.ts';
import type { ImageLayout } from '../../image/layout.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Text of one turn and the numbers of its images (a number stands for one image content, see vision.ts). */
export interface Turn {
  role: 'user' | 'assistant';
  text: string;
  images: number[];
}

export interface Conversation {
  /** Replaces the template's system text when a system message was given. */
  system: string | null;
  /** Alternating, beginning and ending with the user. */
  turns: Turn[];
}

export interface Prompt {
  /** Text ids, and for each row of an image an id from `vocab_size` on that is that row's alone. */
  ids: number[];
  /** Images in it, in order, each once. */
  images: number[];
  /** User turns left out at the beginning because they did not fit. */
  droppedTurns: number;
}

export interface PromptShape {
  template: PromptTemplate;
  /** How an image stands in the prompt, by its number. */
  layoutOf: (number: number) => ImageLayout;
  /** The id of an image's first row; the others follow. */
  firstIdOf: (number: number) => number;
  /** Images that one prompt may hold. */
  max_images: number;
}

/** As `readTurns`, for a conversation that can be answered: throws as well when no question stands at its end. */
export function toConversation(messages: Message[], imageNumber: (image: Blob) => number): Conversation {
  const conversation = readTurns(messages, imageNumber);
  const question = conversation.turns.at(-1);
  if (question?.role !== 'user') throw invalid('The last message has to be a question.');
  if (question.text.trim() === '') throw invalid('The question is empty. Type what you want to know.');
  return conversation;
}

/** Checks messages and gives every image its number. Throws `request-invalid` for an unknown role or part. */
export function readTurns(messages: Message[], imageNumber: (image: Blob) => number): Conversation {
  if (!Array.isArray(messages) || messages.length === 0) throw invalid('The conversation is empty.');
  let system: string | null = null;
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    const turn = readMessage(message, index, imageNumber);
    if (turn.role === 'system') {
      system = system === null ? turn.text : `${system}\n${turn.text}`;
      continue;
    }
    const last = turns.at(-1);
    // Two messages in a row of one role are one turn: the template only knows alternation.
    if (last && last.role === turn.role) {
      last.text = last.text === '' ? turn.text : `${last.text}\n${turn.text}`;
      last.images.push(...turn.images);
    } else if (turn.role === 'assistant' && !last) {
      throw invalid('A conversation begins with a question, not with an answer.');
    } else {
      turns.push({ role: turn.role, text: turn.text, images: turn.images });
    }
  }
  return { system, turns };
}

function readMessage(message: Message, index: number, imageNumber: (image: Blob) => number) {
  const { role, content } = message ?? {};
  if (role !== 'system' && role !== 'user' && role !== 'assistant') {
    throw invalid('A message has a role that is not system, user or assistant.', { index });
  }
  if (!Array.isArray(content)) throw invalid('A message has no content.', { index });
  const texts: string[] = [];
  const images: number[] = [];
  for (const part of content) {
    if (part?.type === 'text' && typeof part.text === 'string') texts.push(part.text);
    else if (part?.type === 'image' && part.image instanceof Blob && role === 'user')
      images.push(imageNumber(part.image));
    else throw invalid('Only text is allowed here; pictures belong to questions.', { index });
  }
  return { role, text: texts.join('\n'), images };
}

function invalid(message: string, evidence: Record<string, number> = {}): AppError {
  return new AppError('request-invalid', message, evidence);
}

/**
 * Renders `{system}{sep}{user}<image>\n{question}{sep}{assistant}`, with history
 * `…{assistant}{answer_start}{answer}{turn_end}{user}…`. Chunks between images and special tokens are tokenised separately,
 * as the reference does; BOS stands once at the start.
 */
export function renderPrompt({ system, turns }: Conversation, shape: PromptShape, tokenizer: Tokenizer): number[] {
  const { template } = shape;
  const ids: number[] = template.bos_id === null ? [] : [template.bos_id];
  let text = '';
  const flush = () => {
    ids.push(...tokenizer.encode(text));
    text = '';
  };
  const trusted = (part: string) => {
    for (const piece of tokenizer.splitSpecial(part)) {
      if (typeof piece === 'string') text += piece;
      else {
        flush();
        ids.push(piece);
      }
    }
  };
  if (system === null) trusted(template.system);
  else if (system !== '') {
    trusted(template.system_start ?? '');
    text += system;
  }
  if ((system ?? template.system) !== '') trusted(template.separator);
  for (const turn of turns) {
    if (turn.role === 'assistant') {
      const answer = turn.text.trim();
      if (answer !== '') text += `${template.answer_start ?? ' '}${answer}`;
      trusted(template.turn_end);
      continue;
    }
    if (turn.text.trim() === '' && turn.images.length === 0) {
      // The model spoke first: its words stand behind its own marker, without an empty question before them.
      trusted(template.assistant);
      continue;
    }
    trusted(template.user);
    if (turn.images.length === 0) trusted(template.without_image ?? '');
    for (const number of turn.images) {
      flush();
      let id = shape.firstIdOf(number);
      for (const segment of shape.layoutOf(number)) {
        if ('text' in segment) trusted(segment.text);
        else {
          flush();
          for (let row = 0; row < segment.rows; row++) ids.push(id++);
        }
      }
      flush();
      text = '\n';
    }
    text += turn.text.trim();
    trusted(template.separator);
    trusted(template.assistant);
  }
  flush();
  return ids;
}

/** Turns that are dropped together, unless that would cost more than half of what fits. */
const DROP_BLOCK = 4;

/** The conversation without its `count` oldest questions and their answers; the images move to the next question. */
function dropTurns({ system, turns }: Conversation, count: number): Conversation {
  const [next, ...later] = turns.slice(2 * count);
  if (!next) throw new AppError('request-invalid', 'The conversation is empty.');
  const images = turns.slice(0, 2 * count).flatMap((turn) => turn.images);
  return { system, turns: [{ ...next, images: [...images, ...next.images] }, ...later] };
}

/**
 * How many of the oldest questions go so that at most `max` images are left: a model that knows one image per
 * conversation would mix two up, so a new image begins a new one. Throws `request-invalid` for one question with more.
 */
function turnsBeforeImages({ turns }: Conversation, max: number): number {
  let images = 0;
  for (let start = turns.length - 1; start >= 0; start -= 2) {
    images += turns[start]!.images.length;
    if (images <= max) continue;
    if (start === turns.length - 1) {
      throw invalid(`This model looks at ${max === 1 ? 'one picture' : `${max} pictures`} at a time. Remove some.`, {
        images,
        max,
      });
    }
    return start / 2 + 1;
  }
  return 0;
}

/**
 * The prompt of a conversation in at most `maxTokens` ids and `max_images` images. What does not fit loses its oldest turns, never an image.
 * Throws `context-full` when even the last question with its images is too long.
 */
export function buildPrompt(whole: Conversation, shape: PromptShape, tokenizer: Tokenizer, maxTokens: number): Prompt {
  const past = turnsBeforeImages(whole, shape.max_images);
  const conversation = { ...whole, turns: whole.turns.slice(2 * past) };
  const render = (droppedTurns: number): Prompt => {
    const { turns } = conversation;
    const ids = renderPrompt(dropTurns(conversation, droppedTurns), shape, tokenizer);
    return { ids, images: [...new Set(turns.flatMap((turn) => turn.images))], droppedTurns: past + droppedTurns };
  };
  const complete = render(0);
  if (complete.ids.length <= maxTokens) return complete;
  let tooFew = 0;
  let enough = (conversation.turns.length - 1) / 2;
  let best = render(enough);
  if (best.ids.length > maxTokens) {
    const { system, turns } = dropTurns(conversation, enough);
    const rest = renderPrompt({ system: '', turns }, shape, tokenizer).length;
    throw contextFull(best.ids.length, maxTokens, system === null ? 0 : best.ids.length - rest, rest);
  }
  // A long conversation is rendered a few times, not once for each turn that goes.
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    const candidate = render(middle);
    if (candidate.ids.length <= maxTokens) {
      best = candidate;
      enough = middle;
    } else tooFew = middle;
  }
  // Turns go in blocks: were it one at each question, no two prompts would begin alike and nothing could be reused.
  const inBlocks = Math.ceil(enough / DROP_BLOCK) * DROP_BLOCK;
  const left = (conversation.turns.length - 1) / 2 - enough;
  return inBlocks > enough && inBlocks - enough <= left / 2 ? render(inBlocks) : best;
}

/** `system`, `rest`: tokens of a system text that was given, and of the question with its pictures; the longer one has to go. */
function contextFull(length: number, maxTokens: number, system: number, rest: number): AppError {
  const excess = length - maxTokens;
  const much = `${excess} tokens too long for this model (about ${Math.ceil(excess * 0.75)} words)`;
  const message =
    system > rest
      ? `The system message and the question are ${much}. Shorten the system message.`
      : `The question and its pictures are ${much}. Shorten the question or use fewer pictures.`;
  const evidence = { prompt_tokens: length, max_prompt_tokens: maxTokens, excess_tokens: excess };
  return new AppError('context-full', message, { ...evidence, system_tokens: system });
}
