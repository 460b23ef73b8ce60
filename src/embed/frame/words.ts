/** What embed.html says when it does not show the assistant, by language. */

interface FrameWords {
  /** Opened by itself. */
  alone: string;
  open: string;
  /** Framed by a page that is not on the list; nothing to click goes with it. */
  refused: string;
  /** Stands below the assistant: what it says about privacy is not all there is to say in a frame. */
  heard: string;
}

const WORDS: Readonly<Record<string, FrameWords>> = {
  en: {
    alone: 'This page is made to be shown inside another one.',
    open: 'Open the image assistant',
    refused: 'The image assistant is not shown here: this site is not one of those that may embed it.',
    heard: 'The page around this frame can read the answers, not the pictures.',
  },
  de: {
    alone: 'Diese Seite ist dafür da, in einer anderen gezeigt zu werden.',
    open: 'Den Bildassistenten öffnen',
    refused:
      'Der Bildassistent wird hier nicht gezeigt: diese Website gehört nicht zu denen, die ihn einbetten dürfen.',
    heard: 'Die Seite um diesen Rahmen kann die Antworten lesen, die Bilder nicht.',
  },
  fr: {
    alone: 'Cette page est faite pour être affichée dans une autre.',
    open: 'Ouvrir l’assistant d’images',
    refused: 'L’assistant d’images n’est pas affiché : ce site ne fait pas partie de ceux qui peuvent l’intégrer.',
    heard: 'La page qui l’intègre peut lire les réponses, pas les images.',
  },
  es: {
    alone: 'Esta página está hecha para mostrarse dentro de otra.',
    open: 'Abrir el asistente de imágenes',
    refused: 'El asistente de imágenes no se muestra aquí: este sitio no es uno de los que pueden integrarlo.',
    heard: 'La página que lo integra puede leer las respuestas, no las imágenes.',
  },
};

/** The first of these languages that has words here, with its tag; else English. */
export function frameWords(languages: readonly string[]): FrameWords & { lang: string } {
  const lang = languages
    .map((tag) => tag.toLowerCase().split('-', 1)[0] ?? '')
    .find((tag) => Object.hasOwn(WORDS, tag));
  return { lang: lang ?? 'en', ...(WORDS[lang ?? 'en'] as FrameWords) };
}
