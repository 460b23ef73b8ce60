/** Group L: LoRA folders with parts that are not built: each is refused by the name of what would be lost. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFolder } from '../../cli/build-folder.ts';
import { holds, type NodeCase } from '../part-case.ts';

const CHECKPOINT = join(import.meta.dirname, '../../fixtures/mipha/tiny-mipha-phi2');
const LORA = `${CHECKPOINT}-lora`;
const CARD = { id: 'test', name: 'Test', description: '', license: '', source: { repo: '', revision: '' } };

interface Damage {
  /** Fields of adapter_config.json that are set. */
  config?: object;
  /** A file that lies beside the matrices. */
  beside?: string;
}

async function merged({ config = {}, beside }: Damage): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'faults-adapter-'));
  try {
    const directory = join(folder, 'lora');
    await mkdir(directory);
    const plain = JSON.parse(await readFile(join(LORA, 'adapter_config.json'), 'utf8')) as object;
    await writeFile(join(directory, 'adapter_config.json'), JSON.stringify({ ...plain, ...config }));
    await copyFile(join(LORA, 'adapter_model.safetensors'), join(directory, 'adapter_model.safetensors'));
    if (beside !== undefined) await writeFile(join(directory, beside), 'weights');
    const out = join(folder, 'built');
    const common = { checkpoint: CHECKPOINT, card: CARD, tokenizer: false, variants: ['f32'] };
    const built = await buildFolder({ ...common, out, mergeAdapter: directory });
    holds(built.self_test.next_ids.length > 0, 'nothing was built');
  } finally {
    await rm(folder, { recursive: true });
  }
}

const refused = (id: string, title: string, damage: Damage, field: string): NodeCase => ({
  id,
  title,
  state: 'model-unsupported',
  because: { field },
  says: new RegExp(field.replace('.', '\\.')),
  run: () => merged(damage),
});

export const ADAPTERS: NodeCase[] = [
  refused(
    'L01-projector',
    'the projector that was trained along',
    { beside: 'non_lora_trainables.bin' },
    'non_lora_trainables.bin',
  ),
  refused(
    'L01-embeddings',
    'embeddings beside the matrices',
    { beside: 'new_embeddings.safetensors' },
    'new_embeddings.safetensors',
  ),
  refused(
    'L02-waits',
    'an adapter that waits for tokens',
    { config: { alora_invocation_tokens: [32, 5] } },
    'alora_invocation_tokens',
  ),
  refused('L02-dora', 'another method under the same name', { config: { use_dora: true } }, 'use_dora'),
  refused('L02-future', 'a field of the future', { config: { use_tomorrow: 'yes' } }, 'use_tomorrow'),
  {
    id: 'L03-leftovers',
    title: 'what trainers leave in every folder, and fields that ask for nothing',
    state: 'right',
    run: () => merged({ beside: 'training_args.bin', config: { alora_invocation_tokens: null, use_tomorrow: false } }),
  },
];
