/** What `<image-assistant>` says, by language. */
import type { LoadProgress } from '../../contract/backend.ts';

export interface ElementWords {
  /** BCP 47 tag of these words. */
  language: string;
  add: string;
  change: string;
  imageAlt: string;
  question: string;
  ask: string;
  stop: string;
  conversation: string;
  loading: string;
  ready: string;
  thinking: string;
  needImage: string;
  needQuestion: string;
  /** Said before an answer is read out. */
  answer: string;
  stopped: string;
}

const en: ElementWords = {
  language: 'en',
  add: 'Add a picture',
  change: 'Other picture',
  imageAlt: 'The picture you ask about',
  question: 'Question',
  ask: 'Ask',
  stop: 'Stop',
  conversation: 'Conversation',
  loading: 'Loading the model',
  ready: 'Runs on this device. Nothing is sent.',
  thinking: 'Looking…',
  needImage: 'Add a picture first.',
  needQuestion: 'Type a question first.',
  answer: 'Answer:',
  stopped: 'The answer was stopped.',
};

const de: ElementWords = {
  language: 'de',
  add: 'Bild hinzufügen',
  change: 'Anderes Bild',
  imageAlt: 'Das Bild, um das es geht',
  question: 'Frage',
  ask: 'Fragen',
  stop: 'Stopp',
  conversation: 'Gespräch',
  loading: 'Das Modell wird geladen',
  ready: 'Läuft auf diesem Gerät. Nichts wird gesendet.',
  thinking: 'Sieht nach…',
  needImage: 'Füge zuerst ein Bild hinzu.',
  needQuestion: 'Gib zuerst eine Frage ein.',
  answer: 'Antwort:',
  stopped: 'Die Antwort wurde gestoppt.',
};

const fr: ElementWords = {
  language: 'fr',
  add: 'Ajouter une image',
  change: 'Autre image',
  imageAlt: 'L’image en question',
  question: 'Question',
  ask: 'Demander',
  stop: 'Arrêter',
  conversation: 'Conversation',
  loading: 'Chargement du modèle',
  ready: 'Fonctionne sur cet appareil. Rien n’est envoyé.',
  thinking: 'Je regarde…',
  needImage: 'Ajoutez d’abord une image.',
  needQuestion: 'Écrivez d’abord une question.',
  answer: 'Réponse :',
  stopped: 'La réponse a été arrêtée.',
};

const es: ElementWords = {
  language: 'es',
  add: 'Añadir una imagen',
  change: 'Otra imagen',
  imageAlt: 'La imagen de la pregunta',
  question: 'Pregunta',
  ask: 'Preguntar',
  stop: 'Parar',
  conversation: 'Conversación',
  loading: 'Cargando el modelo',
  ready: 'Funciona en este dispositivo. No se envía nada.',
  thinking: 'Mirando…',
  needImage: 'Añade primero una imagen.',
  needQuestion: 'Escribe primero una pregunta.',
  answer: 'Respuesta:',
  stopped: 'La respuesta se detuvo.',
};

const zh: ElementWords = {
  language: 'zh',
  add: '添加图片',
  change: '换一张图片',
  imageAlt: '您要提问的图片',
  question: '问题',
  ask: '提问',
  stop: '停止',
  conversation: '对话',
  loading: '正在加载模型',
  ready: '在此设备上运行，不发送任何内容。',
  thinking: '正在看图…',
  needImage: '请先添加图片。',
  needQuestion: '请先输入问题。',
  answer: '回答：',
  stopped: '回答已停止。',
};

const ar: ElementWords = {
  language: 'ar',
  add: 'إضافة صورة',
  change: 'صورة أخرى',
  imageAlt: 'الصورة التي تسأل عنها',
  question: 'السؤال',
  ask: 'اسأل',
  stop: 'إيقاف',
  conversation: 'المحادثة',
  loading: 'جارٍ تحميل النموذج',
  ready: 'يعمل على هذا الجهاز. لا يُرسل شيء.',
  thinking: 'جارٍ النظر…',
  needImage: 'أضف صورة أولًا.',
  needQuestion: 'اكتب سؤالًا أولًا.',
  answer: 'الجواب:',
  stopped: 'أُوقف الجواب.',
};

const LANGUAGES: Readonly<Record<string, ElementWords>> = { en, de, fr, es, zh, ar };

/** The words for a BCP 47 tag; English for languages that have none here. */
export function wordsFor(tag: string): ElementWords {
  const language = tag.toLowerCase().split('-', 1)[0] ?? '';
  return (Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined) ?? en;
}

/** Where loading stands. */
export function loadingText({ loading }: ElementWords, { loaded_bytes, total_bytes }: LoadProgress): string {
  return total_bytes > 0 ? `${loading} ${Math.floor((100 * loaded_bytes) / total_bytes)} %` : loading;
}
