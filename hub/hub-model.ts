/** Loaded graphs and their processor → what a conversation needs of a hub model, whatever its kind. */
import {
  AutoModelForImageTextToText,
  AutoProcessor,
  AutoTokenizer,
  type PreTrainedModel,
  type PreTrainedTokenizer,
  type Processor,
  type Tensor,
} from '@huggingface/transformers';
import { AppError } from '../contract/errors.ts';
import type { HubAddress } from '../files/hub/address.ts';
import type { HubFiles } from './hub-files.ts';
import type { Encode } from './inputs.ts';
import type { Template } from './messages.ts';
import type { Candidate } from './precision.ts';

type Fields = Record<string, unknown>;

/** Where the model does not say how long an answer may be. */
const DEFAULT_MAX_TOKENS = 512;

export interface HubModel {
  model: PreTrainedModel;
  processor: Processor;
  tokenizer: PreTrainedTokenizer;
  /** Runs the vision graph. Looked up at each call, for the cache of its features takes its place. */
  encode: Encode | undefined;
  template: Template;
  processorClass: string;
  stopIds: ReadonlySet<number>;
  /** Tokens that fit a conversation; 0 when the model does not say. */
  maxLength: number;
  /** How long an answer may be, as the model says or as is usual. */
  maxTokens: number;
}

/** Parts that the library's types leave open. */
export interface OpenModel {
  config: Fields & { model_type?: string; text_config?: Fields };
  generation_config?: { eos_token_id?: number | number[]; max_new_tokens?: number | null } | null;
  encode_image?: (inputs: Record<string, Tensor>) => Promise<Tensor>;
  forward: (inputs: Record<string, unknown>) => Promise<unknown>;
}

async function json(files: HubFiles, path: string, signal: AbortSignal): Promise<Fields> {
  if (!files.paths.includes(path)) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(await files.read(path, signal)));
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch (thrown) {
    if (thrown instanceof SyntaxError)
      throw new AppError('manifest-invalid', `${path} of the model is not JSON.`, { path }, thrown);
    throw thrown;
  }
}

async function chatTemplate(files: HubFiles, signal: AbortSignal): Promise<string | null> {
  if (files.paths.includes('chat_template.jinja'))
    return new TextDecoder().decode(await files.read('chat_template.jinja', signal));
  const { chat_template } = await json(files, 'chat_template.json', signal);
  return typeof chat_template === 'string' ? chat_template : null;
}

function imageTokenOf(model: OpenModel, processor: Processor, tokenizer: PreTrainedTokenizer): string {
  const { image_token, config } = processor as unknown as { image_token?: unknown; config?: Fields };
  const id = model.config['image_token_index'] ?? model.config['image_token_id'];
  const byId = typeof id === 'number' ? tokenizer.decode([id], { skip_special_tokens: false }) : '';
  const found = [image_token, config?.['image_token'], byId].find((token) => typeof token === 'string' && token !== '');
  return typeof found === 'string' ? found : '<image>';
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.trunc(value) : 0);

function stopIdsOf({ generation_config, config }: OpenModel): Set<number> {
  const own = generation_config?.eos_token_id ?? config['eos_token_id'] ?? config.text_config?.['eos_token_id'];
  return new Set([own].flat().filter((id): id is number => typeof id === 'number'));
}

/**
 * Creates the sessions. Throws `model-unsupported` for a kind of model that the library does not know, else what the
 * library throws.
 */
export async function openHubModel(
  address: HubAddress,
  files: HubFiles,
  candidate: Candidate,
  signal: AbortSignal,
): Promise<HubModel> {
  const revision = files.commit;
  const processor = await AutoProcessor.from_pretrained(address.repo, { revision }).catch((thrown: unknown) => {
    throw unsupported(address.repo, thrown);
  });
  const tokenizer = processor.tokenizer ?? (await AutoTokenizer.from_pretrained(address.repo, { revision }));
  const jinja = tokenizer.chat_template ? null : await chatTemplate(files, signal);
  const model = await AutoModelForImageTextToText.from_pretrained(address.repo, {
    revision,
    device: candidate.device,
    dtype: candidate.dtype as Record<string, 'fp32'>,
    use_external_data_format: candidate.dataFiles,
  }).catch((thrown: unknown) => {
    throw /unsupported model type/i.test(String(thrown)) ? unsupported(address.repo, thrown) : thrown;
  });
  const open = model as unknown as OpenModel;
  const imageToken = imageTokenOf(open, processor, tokenizer);
  const [processorConfig, preprocessorConfig] = await Promise.all([
    json(files, 'processor_config.json', signal),
    json(files, 'preprocessor_config.json', signal),
  ]);
  const language = open.config.text_config ?? open.config;
  const hasTemplate = Boolean(tokenizer.chat_template ?? jinja);
  return {
    model,
    processor,
    tokenizer,
    encode: open.encode_image ? (inputs) => open.encode_image!(inputs) : undefined,
    template: {
      imageToken,
      specialTokens: [...new Set([imageToken, ...tokenizer.all_special_tokens])],
      render: hasTemplate
        ? (messages) =>
            tokenizer.apply_chat_template(messages as never, {
              tokenize: false,
              add_generation_prompt: true,
              ...(jinja === null ? {} : { chat_template: jinja }),
            }) as unknown as string
        : null,
    },
    processorClass: text(processorConfig['processor_class']) || text(preprocessorConfig['processor_class']),
    stopIds: stopIdsOf(open),
    maxLength: count(language['max_position_embeddings']),
    maxTokens: count(open.generation_config?.max_new_tokens) || DEFAULT_MAX_TOKENS,
  };
}

function unsupported(repo: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError(
    'model-unsupported',
    `${repo} is not a model that answers questions about pictures in a browser: ${reason}`,
    { repo },
    cause,
  );
}
