/** Nothing but seeds → small data sets in the layouts of the published benchmarks: `npx tsx` this file writes them. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OPTION_LETTER, SHORT_ANSWER } from '../task.ts';
import { drawPicture, type DrawnPicture, pick, random } from './drawn-picture.ts';

export const FIXTURES = join(import.meta.dirname, '../../../fixtures/benchmarks');

type Files = Map<string, string | (() => Buffer)>;

const lines = (values: readonly object[]) => `${values.map((value) => JSON.stringify(value)).join('\n')}\n`;
const json = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`;
const coco = (split: string, id: number) => `COCO_${split}_${String(id).padStart(12, '0')}.jpg`;
const short = (question: string) => `${question}\n${SHORT_ANSWER}`;

/** Three questions about any picture, with ten people's answers: unanimous, divided, and written in many ways. */
function asked(picture: DrawnPicture, next: () => number) {
  const { color, shape, side } = picture;
  const say = (...ways: string[]) => Array.from({ length: 10 }, () => pick(next, ways));
  return [
    { question: 'What color is the shape?', people: say(color), type: 'other' },
    {
      question: 'What is this?',
      people: say(shape, `a ${shape}`, `${color} ${shape}`, `The ${shape}.`),
      type: 'other',
    },
    {
      question: `Is the ${shape} on the left?`,
      people: say(side === 'left' ? 'yes' : 'no', 'Yes', "don't know"),
      type: 'yes/no',
    },
  ];
}

function vqav2(files: Files): void {
  const next = random(11);
  const annotations: object[] = [];
  const questions: object[] = [];
  for (const image_id of [42, 73, 136, 192]) {
    const picture = drawPicture(image_id);
    files.set(`vqav2/val2014/${coco('val2014', image_id)}`, picture.jpeg);
    for (const [i, { question, people, type }] of asked(picture, next).entries()) {
      const question_id = image_id * 1000 + i;
      questions.push({ image_id, question, question_id });
      const answers = people.map((answer, j) => ({ answer, answer_confidence: 'yes', answer_id: j + 1 }));
      const question_type = question.split(' ').slice(0, 2).join(' ').toLowerCase();
      const shared = { question_type, multiple_choice_answer: people[0], answers, image_id, answer_type: type };
      annotations.push({ ...shared, question_id });
    }
  }
  const head = { info: {}, license: {}, data_subtype: 'val2014' };
  files.set('vqav2/v2_OpenEnded_mscoco_val2014_questions.json', json({ ...head, task_type: 'Open-Ended', questions }));
  files.set('vqav2/v2_mscoco_val2014_annotations.json', json({ ...head, annotations }));
  const all: object[] = [];
  for (const image_id of [1, 16, 155]) {
    const picture = drawPicture(image_id + 500);
    const image = coco('test2015', image_id);
    if (image_id !== 155) files.set(`vqav2/test2015/${image}`, picture.jpeg);
    for (const [i, { question }] of asked(picture, next).entries())
      all.push({ question_id: image_id * 1000 + i, image, text: short(question), category: 'default' });
  }
  files.set('vqav2/llava_vqav2_mscoco_test2015.jsonl', lines(all));
  files.set('vqav2/llava_vqav2_mscoco_test-dev2015.jsonl', lines(all.slice(0, 6)));
}

function gqa(files: Files): void {
  const official: Record<string, object> = {};
  const llava: object[] = [];
  for (let i = 0; i < 4; i++) {
    const picture = drawPicture(600 + i);
    const imageId = `n${161_313 + i}`;
    files.set(`gqa/data/images/${imageId}.jpg`, picture.jpeg);
    const { color, shape, side } = picture;
    const triples = [
      ['query', `Which color is the ${shape}?`, color],
      ['verify', `Is the ${shape} ${color}?`, 'yes'],
      ['choose', `Is the ${shape} on the left or on the right?`, side],
    ] as const;
    for (const [j, [structural, question, answer]] of triples.entries()) {
      const id = `20${1_307_251 + i * 10 + j}`;
      official[id] = { imageId, question, answer, isBalanced: true, types: { structural, semantic: 'attr' } };
      llava.push({ question_id: id, image: `${imageId}.jpg`, text: short(question), category: 'default' });
    }
  }
  files.set('gqa/data/testdev_balanced_questions.json', json(official));
  files.set('gqa/llava_gqa_testdev_balanced.jsonl', lines(llava));
}

function vizwiz(files: Files): void {
  const next = random(13);
  const llava: object[] = [];
  const val: object[] = [];
  for (let i = 0; i < 10; i++) {
    const picture = drawPicture(700 + i);
    const [first] = asked(picture, next);
    const split = i < 5 ? 'test' : 'val';
    const image = `VizWiz_${split}_${String(i % 5).padStart(8, '0')}.jpg`;
    files.set(`vizwiz/${split}/${image}`, picture.jpeg);
    const answers = Array.from({ length: 10 }, () => {
      return { answer: pick(next, [picture.color, picture.color, 'unanswerable']), answer_confidence: 'yes' };
    });
    const question = first?.question ?? '';
    if (split === 'val') val.push({ image, question, answers, answer_type: 'other', answerable: 1 });
    const text = `${question}\nWhen the provided information is insufficient, respond with 'Unanswerable'.\n${SHORT_ANSWER}`;
    if (split === 'test') llava.push({ question_id: i, image, text, category: 'default' });
  }
  files.set('vizwiz/llava_test.jsonl', lines(llava));
  files.set('vizwiz/val.json', json(val));
}

function scienceqa(files: Files): void {
  const problems: Record<string, object> = {};
  const llava: object[] = [];
  for (let i = 0; i < 12; i++) {
    const id = String(4 + i * 7);
    const picture = drawPicture(800 + i);
    const choices = ['circle', 'square', 'triangle', 'star', 'ring'].slice(0, 3 + (i % 3));
    const question = `Which shape is ${picture.color}?`;
    const hint = i % 4 === 0 ? 'Look at the  picture.' : '';
    const hasImage = i % 4 !== 3;
    const facts = { question, choices, answer: choices.indexOf(picture.shape), hint, split: 'test' };
    problems[id] = {
      ...facts,
      image: hasImage ? 'image.png' : null,
      subject: 'natural science',
      lecture: '',
      solution: '',
    };
    if (hasImage) files.set(`scienceqa/images/test/${id}/image.png`, picture.png);
    const options = choices.map((choice, j) => `(${'ABCDE'[j]}) ${choice}`).join(' ');
    const context = hint.replaceAll('  ', ' ') || 'N/A';
    const value = `Context: ${context}\nQuestion: ${question}\nOptions: ${options}`;
    const human = { from: 'human', value: hasImage ? `${value}\n<image>` : value };
    const conversations = [human, { from: 'gpt', value: 'The answer is A.' }];
    llava.push({ id, ...(hasImage ? { image: `${id}/image.png` } : {}), conversations });
  }
  files.set('scienceqa/problems.json', json(problems));
  files.set('scienceqa/pid_splits.json', json({ train: ['1', '2'], val: ['3'], test: Object.keys(problems) }));
  files.set('scienceqa/llava_test_CQM-A.json', json(llava));
}

function textvqa(files: Files): void {
  const next = random(15);
  const data: object[] = [];
  const llava: object[] = [];
  for (let i = 0; i < 6; i++) {
    const picture = drawPicture(900 + i);
    const image_id = `003a8ae2ef43b90${i}`;
    files.set(`textvqa/train_images/${image_id}.jpg`, picture.jpeg);
    for (const [j, { question, people }] of asked(picture, next).slice(0, 2).entries()) {
      data.push({ question_id: 34_602 + i * 2 + j, image_id, question, answers: people, set_name: 'val' });
      const text = `${question}\nReference OCR token: ${picture.color.toUpperCase()}, ${i}\n${SHORT_ANSWER}`;
      llava.push({ question_id: image_id, image: `${image_id}.jpg`, text, category: 'default' });
    }
  }
  files.set('textvqa/TextVQA_0.5.1_val.json', json({ dataset_type: 'val', dataset_version: '0.5.1', data }));
  files.set('textvqa/llava_textvqa_val_v051_ocr.jsonl', lines(llava));
}

function pope(files: Files): void {
  const llava: object[] = [];
  const next = random(16);
  for (const [c, category] of ['adversarial', 'popular', 'random'].entries()) {
    const labels: object[] = [];
    for (let i = 0; i < 6; i++) {
      const picture = drawPicture(1000 + (i >> 1));
      const image = coco('val2014', 310_196 + (i >> 1));
      files.set(`pope/val2014/${image}`, picture.jpeg);
      const other = pick(next, ['star', 'ring', 'dog', 'chair']);
      const text = `Is there a ${i % 2 === 0 ? picture.shape : other} in the image?`;
      labels.push({ question_id: i + 1, image, text, label: i % 2 === 0 ? 'yes' : 'no' });
      llava.push({ question_id: c * 10_000_000 + i + 1, image, text: short(text), category });
    }
    files.set(`pope/coco/coco_pope_${category}.json`, lines(labels));
  }
  files.set('pope/llava_pope_test.jsonl', lines(llava));
}

function mme(files: Files): void {
  const apart = ['artwork', 'celebrity', 'landmark', 'posters', 'scene'];
  const all = `existence count position color OCR commonsense_reasoning numerical_calculation text_translation code_reasoning ${apart.join(' ')}`;
  for (const [i, category] of all.split(' ').entries()) {
    const picture = drawPicture(1100 + i);
    const root = `mme/MME_Benchmark_release_version/${category}`;
    const space = i % 2 === 0 ? ' ' : '  ';
    const first = `Is there a ${picture.shape} in this image?${space}Please answer yes or no.\tYes`;
    const second = `Is the ${picture.shape} ${picture.color === 'red' ? 'blue' : 'red'}?${space}Please answer yes or no.\tNo`;
    const isApart = apart.includes(category);
    files.set(`${root}/${isApart ? 'images/' : ''}000${i}.png`, picture.png);
    files.set(`${root}/${isApart ? 'questions_answers_YN/' : ''}000${i}.txt`, `${first}\n${second}\n`);
  }
}

const tsv = (value: string) => (/["\t\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

function mmbench(files: Files): void {
  const columns = 'index question hint A B C D answer category image source l2-category comment split'.split(' ');
  const rows: string[][] = [];
  for (let i = 0; i < 6; i++) {
    const picture = drawPicture(1200 + i);
    const choices = [picture.shape, 'star', ...(i % 2 === 0 ? ['a "ring"', 'heart'] : [])];
    const question = i === 2 ? 'Which shape\nis it?' : 'Which shape is it?';
    for (let turn = 0; turn < choices.length; turn++) {
      const rotated = choices.map((_, j) => choices[(j + turn) % choices.length] ?? '');
      const answer = 'ABCD'[rotated.indexOf(picture.shape)] ?? '';
      const [a = '', b = '', c = '', d = ''] = rotated;
      const image = turn === 1 ? String(i) : picture.png().toString('base64');
      const hint = i === 1 ? 'One shape is drawn.' : '';
      const kind =
        i < 3 ? ['object_localization', 'finegrained_perception'] : ['attribute_comparison', 'attribute_reasoning'];
      const index = String(turn * 1_000_000 + i);
      rows.push([index, question, hint, a, b, c, d, answer, kind[0] ?? '', image, 'own', kind[1] ?? '', '', 'dev']);
    }
  }
  files.set(
    'mmbench/mmbench_dev_20230712.tsv',
    `${[columns, ...rows].map((row) => row.map(tsv).join('\t')).join('\n')}\n`,
  );
}

function seed(files: Files): void {
  const questions: object[] = [];
  const types = { 'Scene Understanding': 1, 'Instance Identity': 2, 'Action Recognition': 10 };
  for (let i = 0; i < 12; i++) {
    const picture = drawPicture(1300 + i);
    const data_id = `14544${26 + i}_259111198${i}`;
    const isVideo = i >= 10;
    if (!isVideo) files.set(`seed/SEED-Bench-image/${data_id}`, picture.jpeg);
    const colors = ['red', 'blue', 'green', 'yellow', 'black'];
    const choices = [picture.color, ...colors.filter((color) => color !== picture.color)].slice(0, 4).sort();
    const [choice_a, choice_b, choice_c, choice_d] = choices;
    const facts = { answer: 'ABCD'[choices.indexOf(picture.color)], choice_a, choice_b, choice_c, choice_d, data_id };
    const id = { question_id: String(101_669 + i), question_type_id: isVideo ? 10 : 1 + (i % 2) };
    questions.push({
      ...facts,
      data_type: isVideo ? 'video' : 'image',
      question: `What color is the ${picture.shape}?`,
      ...id,
    });
  }
  files.set('seed/SEED-Bench.json', json({ questions, question_type: types }));
  const llava = (questions as Record<string, string>[]).map((q) => {
    const options = ['a', 'b', 'c', 'd'].map((letter) => `${letter.toUpperCase()}. ${q[`choice_${letter}`]}`);
    const text = [q['question'], ...options, OPTION_LETTER].join('\n');
    return {
      question_id: Number(q['question_id']),
      image: `SEED-Bench-image/${q['data_id']}`,
      text,
      category: 'image',
    };
  });
  files.set('seed/llava-seed-bench.jsonl', lines(llava));
}

function mmvet(files: Files): void {
  const data: Record<string, object> = {};
  for (let i = 0; i < 10; i++) {
    const picture = drawPicture(1400 + i);
    files.set(`mmvet/images/v1_${i}.png`, picture.png);
    const both = `${picture.color}<AND>${picture.shape}`;
    const capability = i % 3 === 0 ? ['rec'] : i % 3 === 1 ? ['rec', 'spat'] : ['know', 'rec', 'gen'];
    const question = i % 3 === 1 ? 'Where is the shape?' : 'What is drawn here?';
    data[`v1_${i}`] = { imagename: `v1_${i}.png`, question, answer: i % 3 === 1 ? picture.side : both, capability };
  }
  files.set('mmvet/mm-vet.json', json(data));
  const prompt =
    'Grade the prediction from 0.0 to 1.0.\n\nQuestion | Ground truth | Prediction | Correctness\n--- | --- | --- | ---\n';
  files.set(
    'mmvet/mm-vet_evaluator.py',
    `# Stands for the official evaluator, whose prompt is read from it.\nprompt = """${prompt}"""\n`,
  );
}

/** Path below fixtures/benchmarks → content. */
export function drawBenchmarks(): Files {
  const files: Files = new Map();
  for (const draw of [vqav2, gqa, vizwiz, scienceqa, textvqa, pope, mme, mmbench, seed, mmvet]) draw(files);
  return files;
}

if (process.argv[1] === import.meta.filename) {
  const files = drawBenchmarks();
  for (const folder of new Set([...files.keys()].map((path) => path.split('/')[0] ?? '')))
    rmSync(join(FIXTURES, folder), { recursive: true, force: true });
  for (const [path, content] of files) {
    mkdirSync(dirname(join(FIXTURES, path)), { recursive: true });
    writeFileSync(join(FIXTURES, path), typeof content === 'string' ? content : content());
  }
}
