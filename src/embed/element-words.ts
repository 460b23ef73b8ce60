/** What `<image-assistant>` says, by language. */

export interface ElementWords {
  add: string;
  change: string;
  pictureAlt: string;
  question: string;
  ask: string;
  stop: string;
  conversation: string;
  loading: string;
  ready: string;
  thinking: string;
  needPicture: string;
  needQuestion: string;
}

const en: ElementWords = {
  add: 'Add a picture',
  change: 'Other picture',
  pictureAlt: 'The picture you ask about',
  question: 'Question',
  ask: 'Ask',
  stop: 'Stop',
  conversation: 'Conversation',
  loading: 'Loading the model',
  ready: 'Runs on this device. Nothing is sent.',
  thinking: 'Looking…',
  needPicture: 'Add a picture first.',
  needQuestion: 'Type a question first.',
};

const de: ElementWords = {
  add: 'Bild hinzufügen',
  change: 'Anderes Bild',
  pictureAlt: 'Das Bild, um das es geht',
  question: 'Frage',
  ask: 'Fragen',
  stop: 'Stopp',
  conversation: 'Gespräch',
  loading: 'Das Modell wird geladen',
  ready: 'Läuft auf diesem Gerät. Nichts wird gesendet.',
  thinking: 'Sieht nach…',
  needPicture: 'Füge zuerst ein Bild hinzu.',
  needQuestion: 'Gib zuerst eine Frage ein.',
};

const fr: ElementWords = {
  add: 'Ajouter une image',
  change: 'Autre image',
  pictureAlt: 'L’image en question',
  question: 'Question',
  ask: 'Demander',
  stop: 'Arrêter',
  conversation: 'Conversation',
  loading: 'Chargement du modèle',
  ready: 'Fonctionne sur cet appareil. Rien n’est envoyé.',
  thinking: 'Je regarde…',
  needPicture: 'Ajoutez d’abord une image.',
  needQuestion: 'Écrivez d’abord une question.',
};

const es: ElementWords = {
  add: 'Añadir una imagen',
  change: 'Otra imagen',
  pictureAlt: 'La imagen de la pregunta',
  question: 'Pregunta',
  ask: 'Preguntar',
  stop: 'Parar',
  conversation: 'Conversación',
  loading: 'Cargando el modelo',
  ready: 'Funciona en este dispositivo. No se envía nada.',
  thinking: 'Mirando…',
  needPicture: 'Añade primero una imagen.',
  needQuestion: 'Escribe primero una pregunta.',
};

const LANGUAGES: Readonly<Record<string, ElementWords>> = { en, de, fr, es };

/** The words for a BCP 47 tag; English for languages that have none here. */
export function wordsFor(tag: string): ElementWords {
  const language = tag.toLowerCase().split('-', 1)[0] ?? '';
  return (Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined) ?? en;
}
