/** A model → the JSON files and the chat template that @huggingface/transformers reads beside the graphs. */
import type { Preprocessor, PromptTemplate } from '../../contract/manifest.ts';
import type { VisionConfig } from '../families/vision-config.ts';
import type { Model } from '../families/model.ts';

/** Image-processing code of the library; PIL's number for bicubic. */
const BICUBIC = 3;

export function modelConfig(
  { family, language: c, vision }: Model,
  image: { token: number; rows: number },
  stopIds: readonly number[],
  dataFiles: Readonly<Record<string, number>>,
): object {
  return {
    architectures: ['LlavaForConditionalGeneration'],
    model_type: 'llava',
    image_token_index: image.token,
    image_token_id: image.token,
    image_seq_length: image.rows,
    projector_hidden_act: 'gelu',
    vision_feature_layer: -2,
    vision_feature_select_strategy: 'full',
    tie_word_embeddings: c.tied,
    eos_token_id: stopIds,
    text_config: {
      model_type: family.id,
      vocab_size: c.vocab_size,
      hidden_size: c.hidden_size,
      intermediate_size: c.intermediate_size,
      num_hidden_layers: c.num_hidden_layers,
      num_attention_heads: c.heads,
      num_key_value_heads: c.kv_heads,
      // That of the graph: the caches have it, filled-up heads included.
      head_dim: c.head_layout.length,
      max_position_embeddings: c.max_position_embeddings,
      rope_theta: c.rope_theta,
    },
    vision_config: {
      model_type: vision.kind.model_type,
      hidden_size: vision.hidden_size,
      num_hidden_layers: vision.used_layers,
      image_size: vision.image_size,
      patch_size: vision.patch_size,
    },
    'transformers.js_config': { use_external_data_format: dataFiles },
  };
}

export function generationConfig(stopIds: readonly number[], bosId: number | null, maxTokens: number): object {
  return {
    eos_token_id: stopIds,
    pad_token_id: stopIds[0],
    ...(bosId === null ? {} : { bos_token_id: bosId }),
    do_sample: false,
    max_new_tokens: maxTokens,
  };
}

/**
 * Where pictures are padded to a square, the library pads below and to the right instead of around; with 0 after
 * normalising, which is the grey that the models know within half a step of 255.
 */
export function preprocessorConfig(p: Preprocessor): object {
  const square = { height: p.image_size, width: p.image_size };
  const fit = p.crop
    ? { size: { shortest_edge: p.image_size }, do_center_crop: true, crop_size: square }
    : p.pad_color
      ? { size: { longest_edge: p.image_size }, do_pad: true, pad_size: square }
      : { size: square };
  return {
    processor_class: 'LlavaProcessor',
    image_processor_type: 'SiglipImageProcessor',
    do_resize: true,
    resample: BICUBIC,
    ...fit,
    do_rescale: true,
    rescale_factor: p.rescale,
    do_normalize: true,
    image_mean: p.mean,
    image_std: p.std,
  };
}

export function processorConfig(imageToken: string, { image_size, patch_size, image_tokens }: VisionConfig): object {
  return {
    processor_class: 'LlavaProcessor',
    image_token: imageToken,
    patch_size,
    // Rows of a picture that are no patches; the library adds them to the patches it counts.
    num_additional_image_tokens: image_tokens - Math.floor(image_size / patch_size) ** 2,
    vision_feature_select_strategy: 'full',
  };
}

/**
 * The prompt template as Jinja; a message's content is a text or a list of `{type: 'image'}` and `{type: 'text', text}`.
 * @param bos text of the beginning token where the tokenizer does not add it by itself
 */
export function chatTemplate(t: PromptTemplate, imageToken: string, bos: string): string {
  const text = (value: string): string => `{{ ${JSON.stringify(value)} }}`;
  const parts = (type: 'image' | 'text', body: string): string =>
    `{% for part in content if part['type'] == '${type}' %}${body}{% endfor %}`;
  const texts = parts('text', "{% if not loop.first %}{{ '\\n' }}{% endif %}{{ part['text'] }}");
  const content = `{% if content is string %}{{ content }}{% else %}${texts}{% endif %}`;
  const noPicture = "content is string or (content | selectattr('type', 'equalto', 'image') | list | length) == 0";
  const pictures = parts('image', text(`${imageToken}\n`));
  const images = `{% if ${noPicture} %}${text(t.without_image ?? '')}{% else %}${pictures}{% endif %}`;
  return [
    `{% macro words(content) %}${content}{% endmacro %}`,
    `{% macro pictures(content) %}${images}{% endmacro %}`,
    bos === '' ? '' : text(bos),
    `{% if messages[0]['role'] == 'system' %}${text(t.system_start ?? '')}{{ words(messages[0]['content']) }}`,
    text(t.separator),
    t.system === '' ? '{% endif %}' : `{% else %}${text(t.system)}${text(t.separator)}{% endif %}`,
    '{% for message in messages %}',
    `{% if message['role'] == 'user' %}${text(t.user)}`,
    "{{ pictures(message['content']) }}{{ words(message['content']) | trim }}",
    `${text(t.separator)}{% if not loop.last or add_generation_prompt %}${text(t.assistant)}{% endif %}`,
    "{% elif message['role'] == 'assistant' %}",
    `${text(t.answer_start ?? ' ')}{{ words(message['content']) | trim }}${text(t.turn_end)}`,
    '{% endif %}{% endfor %}',
  ].join('');
}
