/** Results → the tables of the results page, as text without any markup. */
import type { DrawnResult, Published, QuantisationResult, Results, TaskResult } from './results.ts';

/** Plain text, or text that leads somewhere. */
export type Cell = string | { text: string; url: string };

export interface Section {
  title: string;
  paragraphs: string[];
  /** The first column names the row, the others hold numbers unless `words` lists them. */
  columns: string[];
  /** Columns of words. */
  words: number[];
  rows: Cell[][];
  notes: Cell[][];
}

const percent = (part: number, whole: number, digits = 1) => `${((100 * part) / whole).toFixed(digits)} %`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
const machineOf = ({ cpu, cores, platform }: DrawnResult['machine']) => `${cpu}, ${cores} cores, ${platform}`;

function published({ columns, sources, rows }: Published): Section {
  const keys = Object.keys(sources);
  const mark = (source: string) => `[${keys.indexOf(source) + 1}]`;
  const number = (task: string, value: number) => value.toFixed(1) + (task === 'mme' ? '' : '');
  return {
    title: 'Published results',
    paragraphs: [
      'What the models of this family and their neighbours reach on full precision, as published. The numbers are not ours; every row, and every number from elsewhere, names its source.',
    ],
    columns: ['Model', ...Object.values(columns)],
    words: [],
    rows: rows.map(({ model, source, scores, others }) => [
      `${model} ${mark(source)}`,
      ...Object.keys(columns).map((task) => {
        const own = scores[task];
        if (own !== undefined) return number(task, own);
        const other = others?.[task];
        return other ? `${number(task, other.value)} ${mark(other.source)}` : '–';
      }),
    ]),
    notes: keys.map((key) => [`${mark(key)} `, { text: sources[key]?.text ?? '', url: sources[key]?.url ?? '' }]),
  };
}

function benchmarks(tasks: readonly TaskResult[]): Section {
  return {
    title: 'Published benchmarks, measured here',
    paragraphs:
      tasks.length > 0
        ? ['Answers by the engine that ships, scored by the official rules.']
        : [
            'None yet: the data sets and the full-size weights are not part of this project. Anyone who has them reproduces the table above with one command per number, npm run eval -- --task NAME --data DIR --model MODEL; scoring equals the official scripts to the last digit.',
          ],
    columns: ['Benchmark', 'Model', 'Variant', 'Score', 'Questions', 'Machine', 'Commit', 'Date'],
    words: [1, 2, 5, 6, 7],
    rows: tasks.map((result) => [
      `${result.task} ${result.split}${result.official ? '' : ' (part)'}`,
      result.model,
      `${result.variant} (${result.backend}, ${result.device})`,
      result.score.text ?? '–',
      String(result.questions),
      machineOf(result.machine),
      result.commit,
      result.date.slice(0, 10),
    ]),
    notes: [],
  };
}

function drawn(results: readonly DrawnResult[]): Section {
  return {
    title: 'mipha-nano on drawn pictures',
    paragraphs: [
      'The model that comes with this project knows drawings: shapes, colours, counts, places, comparisons, printed words, simple charts, clocks and symbols. It is measured on pictures that it has not seen, by the very engine that runs in the page. It is not meant for photographs, so the benchmarks above are not for it. Rows of different commits are of sets drawn differently: those from c444f99 on are stricter than those before (decision 37); the answers an hour of c86a1b4 were counted on an older processor (AVX2 alone), two runs at a time.',
    ],
    columns: ['Set', 'Model', 'Variant', 'Right', 'Questions', 'Answers an hour', 'Machine', 'Commit', 'Date'],
    words: [1, 2, 6, 7, 8],
    rows: results.map((result) => [
      result.set,
      result.model,
      `${result.variant} (${result.backend}, ${result.device})`,
      percent(result.correct, result.questions),
      String(result.questions),
      result.per_hour === null ? '–' : String(result.per_hour),
      machineOf(result.machine),
      result.commit,
      result.date.slice(0, 10),
    ]),
    notes: results.map(({ set, variant, commit, skills }) => {
      const parts = Object.entries(skills).map(([name, { correct, total }]) => `${name} ${percent(correct, total)}`);
      return [`${set}, ${variant}, ${commit}: ${parts.join(', ')}.`];
    }),
  };
}

function quantisation(results: readonly QuantisationResult[]): Section {
  return {
    title: 'What quantisation costs',
    paragraphs: [
      'The same questions to the float32 build and to each variant. Changed: answers whose text differs at all. KL: mean divergence of the next-token distribution from that of float32, in nats, over all positions of the float32 answers. Same token: positions at which the variant would have said the same.',
    ],
    columns: ['Variant', 'Size', 'Right', 'Changed', 'Right → wrong', 'Wrong → right', 'Same token', 'KL'],
    words: [],
    rows: results.flatMap(({ questions, positions, reference, variants }) => [
      [reference.id, megabytes(reference.bytes), percent(reference.correct, questions), '–', '–', '–', '–', '–'],
      ...variants.map((variant) => [
        variant.id,
        megabytes(variant.bytes),
        percent(variant.correct, questions),
        `${variant.changed} (${percent(variant.changed, questions, 2)})`,
        String(variant.right_to_wrong),
        String(variant.wrong_to_right),
        percent(variant.agreeing, positions, 2),
        variant.kl_mean.toPrecision(2),
      ]),
    ]),
    notes: results.map(({ model, questions, positions, machine, commit, date }) => [
      `${model}, ${questions} questions about drawn pictures, ${positions} positions; all variants computed on the CPU. ${machineOf(machine)}, commit ${commit}, ${date.slice(0, 10)}.`,
    ]),
  };
}

export function toSections(results: Results): Section[] {
  return [
    published(results.published),
    benchmarks(results.tasks),
    drawn(results.drawn),
    quantisation(results.quantisation),
  ];
}
