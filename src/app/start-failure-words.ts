/** What a page says that could not start, by language: over plain http, and anywhere else. */

export const START_FAILURES: Readonly<Record<string, { insecure: string; failed: string }>> = {
  en: {
    insecure: 'This page could not start, because it came over plain http. Open it over https or on localhost.',
    failed: 'This page could not start in this browser. Reload it; if that does not help, update the browser.',
  },
  de: {
    insecure:
      'Diese Seite konnte nicht starten, weil sie über einfaches http kam. Öffnen Sie sie über https oder auf localhost.',
    failed:
      'Diese Seite konnte in diesem Browser nicht starten. Laden Sie sie neu; wenn das nicht hilft, aktualisieren Sie den Browser.',
  },
  fr: {
    insecure:
      'Cette page n’a pas pu démarrer, car elle est venue par http simple. Ouvrez-la par https ou sur localhost.',
    failed:
      'Cette page n’a pas pu démarrer dans ce navigateur. Rechargez-la ; si cela ne suffit pas, mettez le navigateur à jour.',
  },
  es: {
    insecure: 'Esta página no pudo iniciarse, porque llegó por http sin cifrar. Ábrela por https o en localhost.',
    failed: 'Esta página no pudo iniciarse en este navegador. Recárgala; si eso no ayuda, actualiza el navegador.',
  },
  zh: {
    insecure: '此页面无法启动，因为它是通过普通 http 打开的。请通过 https 或在 localhost 上打开。',
    failed: '此页面无法在此浏览器中启动。请重新加载；如果仍然不行，请更新浏览器。',
  },
  ar: {
    insecure: 'تعذّر تشغيل هذه الصفحة لأنها فُتحت عبر http غير المشفّر. افتحها عبر https أو على localhost.',
    failed: 'تعذّر تشغيل هذه الصفحة في هذا المتصفح. أعد تحميلها؛ وإن لم يُفد ذلك فحدّث المتصفح.',
  },
};
