/** The text of an answer → the language it is written in, for the voice that reads it. */

/** Letters and small words of the languages in Latin letters that are spoken here, and not of English. */
const NOT_ENGLISH =
  /[äöüßéèàçñ¿¡]|(?<!\p{L})(der|das|ein|eine|und|ist|nicht|el|la|los|las|una?|con|le|les|une|est|et|des?)(?!\p{L})/iu;

/** So many letters tell the language; an answer that grows is looked at again with each word. */
const ENOUGH = 1000;

/**
 * As far as letters tell; models answer English unless they were taught otherwise. `own`: the language of the words
 * around it, of en, de, es, fr, zh and ar.
 */
export function writtenIn<Tag extends string>(whole: string, own: Tag): Tag | 'ar' | 'zh' | 'en' {
  const text = whole.slice(0, ENOUGH);
  if (/\p{Script=Arabic}/u.test(text)) return 'ar';
  if (/\p{Script=Han}/u.test(text)) return 'zh';
  return own !== 'ar' && own !== 'zh' && NOT_ENGLISH.test(text) ? own : 'en';
}
