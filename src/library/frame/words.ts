/** What embed.html says when it does not show the assistant, by language. */

interface FrameWords {
  /** Opened by itself. */
  alone: string;
  open: string;
  /** Framed by a page that is not on the list; nothing to click goes with it. */
  refused: string;
  /** Stands below the assistant: what it says about privacy is not all there is to say in a frame. */
  heard: string;
  /** It failed before it could show anything: over plain http, and anywhere else. */
  insecure: string;
  failed: string;
}

const WORDS: Readonly<Record<string, FrameWords>> = {
  en: {
    alone: 'This page is made to be shown inside another one.',
    open: 'Open the image assistant',
    refused: 'The image assistant is not shown here: this site is not one of those that may embed it.',
    heard: 'The page around this frame can ask too and read the answers; it does not get the pictures.',
    insecure:
      'The image assistant could not start, because this page came over plain http. Open the page over https or on localhost.',
    failed:
      'The image assistant could not start in this browser. Reload the page; if that does not help, update the browser.',
  },
  de: {
    alone: 'Diese Seite ist dafür da, in einer anderen gezeigt zu werden.',
    open: 'Den Bildassistenten öffnen',
    refused:
      'Der Bildassistent wird hier nicht gezeigt: diese Website gehört nicht zu denen, die ihn einbetten dürfen.',
    heard: 'Die Seite um diesen Rahmen kann mitfragen und die Antworten lesen; die Bilder bekommt sie nicht.',
    insecure:
      'Der Bildassistent konnte nicht starten, weil diese Seite über einfaches http kam. Öffnen Sie die Seite über https oder auf localhost.',
    failed:
      'Der Bildassistent konnte in diesem Browser nicht starten. Laden Sie die Seite neu; wenn das nicht hilft, aktualisieren Sie den Browser.',
  },
  fr: {
    alone: 'Cette page est faite pour être affichée dans une autre.',
    open: 'Ouvrir l’assistant d’images',
    refused: 'L’assistant d’images n’est pas affiché : ce site ne fait pas partie de ceux qui peuvent l’intégrer.',
    heard: 'La page qui l’intègre peut aussi poser des questions et lire les réponses ; elle ne reçoit pas les images.',
    insecure:
      'L’assistant d’images n’a pas pu démarrer, car cette page est venue par http simple. Ouvrez la page par https ou sur localhost.',
    failed:
      'L’assistant d’images n’a pas pu démarrer dans ce navigateur. Rechargez la page ; si cela ne suffit pas, mettez le navigateur à jour.',
  },
  es: {
    alone: 'Esta página está hecha para mostrarse dentro de otra.',
    open: 'Abrir el asistente de imágenes',
    refused: 'El asistente de imágenes no se muestra aquí: este sitio no es uno de los que pueden integrarlo.',
    heard: 'La página que lo integra también puede preguntar y leer las respuestas; no recibe las imágenes.',
    insecure:
      'El asistente de imágenes no pudo iniciarse, porque esta página llegó por http sin cifrar. Abre la página por https o en localhost.',
    failed:
      'El asistente de imágenes no pudo iniciarse en este navegador. Recarga la página; si eso no ayuda, actualiza el navegador.',
  },
  zh: {
    alone: '此页面用于嵌入到其他页面中显示。',
    open: '打开图像助手',
    refused: '此处不显示图像助手：该网站不在允许嵌入的网站之列。',
    heard: '嵌入此框架的页面也可以提问并读取回答，但不会得到图片。',
    insecure: '图像助手无法启动，因为此页面是通过普通 http 打开的。请通过 https 或在 localhost 上打开此页面。',
    failed: '图像助手无法在此浏览器中启动。请重新加载页面；如果仍然不行，请更新浏览器。',
  },
  ar: {
    alone: 'هذه الصفحة معدّة لتُعرض داخل صفحة أخرى.',
    open: 'فتح مساعد الصور',
    refused: 'لا يُعرض مساعد الصور هنا: هذا الموقع ليس من المواقع المسموح لها بتضمينه.',
    heard: 'يمكن للصفحة المحيطة بهذا الإطار أن تسأل أيضًا وأن تقرأ الإجابات؛ لكنها لا تحصل على الصور.',
    insecure: 'تعذّر تشغيل مساعد الصور لأن هذه الصفحة فُتحت عبر http غير المشفّر. افتح الصفحة عبر https أو على localhost.',
    failed: 'تعذّر تشغيل مساعد الصور في هذا المتصفح. أعد تحميل الصفحة؛ وإن لم يُفد ذلك فحدّث المتصفح.',
  },
};

/** The first of these languages that has words here, with its tag and direction; else English. */
export function frameWords(languages: readonly string[]): FrameWords & { lang: string; dir: 'ltr' | 'rtl' } {
  const lang = languages
    .map((tag) => tag.toLowerCase().split('-', 1)[0] ?? '')
    .find((tag) => Object.hasOwn(WORDS, tag));
  return { lang: lang ?? 'en', dir: lang === 'ar' ? 'rtl' : 'ltr', ...(WORDS[lang ?? 'en'] as FrameWords) };
}
