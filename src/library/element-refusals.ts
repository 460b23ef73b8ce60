/** Why a file was not taken → what `<image-assistant>` says about it, by language. */
import { type Evidence, evidenceText } from '../../contract/errors.ts';

interface Refusals {
  notAnImage: string;
  /** `{kind}` is HEIC, TIFF, PDF, SVG, ZIP or `video`. */
  foreign: string;
  video: string;
  damaged: string;
  emptyFile: string;
  gone: string;
  tooLarge: string;
  noFile: string;
  address: string;
}

const REFUSALS: Readonly<Record<string, Refusals>> = {
  en: {
    notAnImage: 'This file is not a picture. Add a PNG, JPEG, WebP, GIF, AVIF or BMP file.',
    foreign: 'This is a {kind} file, which cannot be opened here. Add it as JPEG or PNG.',
    video: 'video',
    damaged: 'This picture is damaged or incomplete. Add another copy of it.',
    emptyFile: 'This file is empty. Add another picture.',
    gone: 'This file could not be read. Was it moved or deleted?',
    tooLarge: 'This picture is larger than can be opened here. Add a smaller copy.',
    noFile: 'That came without a file. Save the picture first, then add it.',
    address: 'That is an address, and addresses are not opened here. Save the picture, then add it.',
  },
  de: {
    notAnImage: 'Diese Datei ist kein Bild. Nimm eine PNG-, JPEG-, WebP-, GIF-, AVIF- oder BMP-Datei.',
    foreign: 'Das ist eine {kind}-Datei, die sich hier nicht öffnen lässt. Füge sie als JPEG oder PNG hinzu.',
    video: 'Video',
    damaged: 'Dieses Bild ist beschädigt oder unvollständig. Nimm eine andere Kopie davon.',
    emptyFile: 'Diese Datei ist leer. Nimm ein anderes Bild.',
    gone: 'Die Datei konnte nicht gelesen werden. Wurde sie verschoben oder gelöscht?',
    tooLarge: 'Dieses Bild ist zu groß, um es hier zu öffnen. Nimm eine kleinere Kopie.',
    noFile: 'Das kam ohne Datei. Speichere das Bild zuerst und füge es dann hinzu.',
    address:
      'Das ist eine Adresse, und Adressen werden hier nicht geöffnet. Speichere das Bild und füge es dann hinzu.',
  },
  fr: {
    notAnImage: 'Ce fichier n’est pas une image. Ajoutez un fichier PNG, JPEG, WebP, GIF, AVIF ou BMP.',
    foreign: 'Ce fichier {kind} ne peut pas être ouvert ici. Ajoutez-le en JPEG ou en PNG.',
    video: 'vidéo',
    damaged: 'Cette image est abîmée ou incomplète. Ajoutez-en une autre copie.',
    emptyFile: 'Ce fichier est vide. Ajoutez une autre image.',
    gone: 'Le fichier n’a pas pu être lu. A-t-il été déplacé ou supprimé ?',
    tooLarge: 'Cette image est trop grande pour être ouverte ici. Ajoutez-en une copie plus petite.',
    noFile: 'Il n’y avait pas de fichier. Enregistrez d’abord l’image, puis ajoutez-la.',
    address: 'C’est une adresse, et rien n’est ouvert à une adresse ici. Enregistrez l’image, puis ajoutez-la.',
  },
  es: {
    notAnImage: 'Este archivo no es una imagen. Añade un archivo PNG, JPEG, WebP, GIF, AVIF o BMP.',
    foreign: 'Este archivo {kind} no se puede abrir aquí. Añádelo como JPEG o PNG.',
    video: 'de vídeo',
    damaged: 'Esta imagen está dañada o incompleta. Añade otra copia.',
    emptyFile: 'Este archivo está vacío. Añade otra imagen.',
    gone: 'No se pudo leer el archivo. ¿Se ha movido o borrado?',
    tooLarge: 'Esta imagen es demasiado grande para abrirla aquí. Añade una copia más pequeña.',
    noFile: 'No venía ningún archivo. Guarda primero la imagen y luego añádela.',
    address: 'Eso es una dirección, y aquí no se abre ninguna. Guarda la imagen y luego añádela.',
  },
  zh: {
    notAnImage: '此文件不是图片。请添加 PNG、JPEG、WebP、GIF、AVIF 或 BMP 文件。',
    foreign: '这是 {kind} 文件，无法在此打开。请将其另存为 JPEG 或 PNG 后添加。',
    video: '视频',
    damaged: '此图片已损坏或不完整。请添加另一份副本。',
    emptyFile: '此文件是空的。请添加其他图片。',
    gone: '无法读取该文件。它是否已被移动或删除？',
    tooLarge: '此图片太大，无法在此打开。请添加较小的副本。',
    noFile: '没有收到文件。请先保存图片，再添加。',
    address: '这是一个网址，此处不会打开网址。请保存图片后再添加。',
  },
  ar: {
    notAnImage: 'هذا الملف ليس صورة. أضف ملف PNG أو JPEG أو WebP أو GIF أو AVIF أو BMP.',
    foreign: 'هذا ملف {kind} ولا يمكن فتحه هنا. أضفه بصيغة JPEG أو PNG.',
    video: 'فيديو',
    damaged: 'هذه الصورة تالفة أو غير مكتملة. أضف نسخة أخرى منها.',
    emptyFile: 'هذا الملف فارغ. أضف صورة أخرى.',
    gone: 'تعذّرت قراءة الملف. هل نُقل أو حُذف؟',
    tooLarge: 'هذه الصورة أكبر من أن تُفتح هنا. أضف نسخة أصغر.',
    noFile: 'لم يصل أي ملف. احفظ الصورة أولًا ثم أضفها.',
    address: 'هذا عنوان، ولا تُفتح العناوين هنا. احفظ الصورة ثم أضفها.',
  },
};

const FOREIGN: ReadonlySet<unknown> = new Set(['heic', 'tiff', 'pdf', 'svg', 'zip', 'video']);
const TOO_LARGE: ReadonlySet<unknown> = new Set(['tooManyPixels', 'tooManyBytes']);

/** The sentence for a `reason` in the evidence, in the language of a BCP 47 tag, else English; null for other reasons. */
export function refusalIn(tag: string, evidence: Evidence): string | null {
  const { reason, kind } = evidence;
  const language = tag.toLowerCase().split('-', 1)[0] ?? '';
  const words = (Object.hasOwn(REFUSALS, language) ? REFUSALS[language] : undefined) ?? (REFUSALS['en'] as Refusals);
  if (FOREIGN.has(reason))
    return words.foreign.replace('{kind}', kind === 'video' ? words.video : evidenceText(evidence, 'kind'));
  const name = TOO_LARGE.has(reason) ? 'tooLarge' : reason;
  if (typeof name !== 'string' || name === 'foreign' || name === 'video') return null;
  return Object.hasOwn(words, name) ? words[name as keyof Refusals] : null;
}
