/** The words of the panel in which a person chooses what computes their answers, in German. */
import type { Words } from './en.ts';

export const dePanel: Words['panel'] = {
  open: 'Quelle',
  sending: 'Geht an {host}',
  title: 'Wer antwortet?',
  mipha: { label: 'Mipha, in diesem Browser', privacy: 'Bilder und Fragen verlassen dieses Gerät nie.' },
  hub: {
    label: 'Ein Modell des Hugging Face Hub, in diesem Browser',
    privacy:
      'Bilder und Fragen bleiben auf diesem Gerät. Die Dateien des Modells kommen vom Hub; er erfährt also Ihre Netzadresse und welches Modell Sie benutzen.',
    list: 'Modell',
    other: 'Ein anderes…',
    address: 'Repository',
    addressHint: 'Besitzer/Name oder die Adresse seiner Seite auf einem Hub',
    facts: '{skill} {size}, Lizenz {licence}.',
    size: 'Etwa {size} zu laden',
    sizeUnknown: 'Die Größe zeigt sich beim Laden',
  },
  skills: {
    smallest: 'Kurze Beschreibungen und einfache Fragen; das kleinste.',
    charts: 'Beschreibungen, Diagramme und Text in Bildern; doppelt so groß, weniger Fehler.',
    severalSmall: 'Wie SmolVLM 256M, neuer; mehrere Bilder in einer Frage.',
    severalCharts: 'Wie SmolVLM 500M, neuer; mehrere Bilder in einer Frage.',
    details: 'Fragen nach Einzelheiten eines Bildes, längere Antworten.',
    strongest: 'Das fähigste von ihnen, in vielen Sprachen; braucht eine starke GPU und Gigabytes an Platz.',
  },
  browser: {
    label: 'Das eigene Modell des Browsers',
    privacy: 'Der Browser berechnet die Antworten auf diesem Gerät, mit einem Modell seiner Wahl.',
    unavailable: 'Dieser Browser hat keines, das Bilder ansieht.',
    downloadable: 'Der Browser lädt sein Modell erst herunter; das können Gigabytes sein.',
  },
  server: {
    label: 'Ein Server Ihrer Wahl',
    privacy: 'Ihre Bilder und Fragen gehen an {host}. Wer ihn betreibt, kann sie lesen.',
    unnamed: 'diesen Server',
    explained: 'Jeder Server, der das Chat-Protokoll von OpenAI spricht: vLLM, llama.cpp, Ollama und andere.',
    address: 'Adresse',
    model: 'Name des Modells',
    modelHint: 'leer: das erste, das der Server hat',
    key: 'Schlüssel',
    keyHint: 'bleibt, bis diese Seite geschlossen wird, außer Sie setzen das Häkchen',
    remember: 'Schlüssel auf diesem Gerät merken, lesbar für alle, die diesen Browser benutzen',
  },
  strict:
    'Diese Seite kann nur mit ihrer eigenen Website sprechen; dafür sorgt der Browser. Öffnen Sie hierfür die andere Seite:',
  connect: 'Die Seite öffnen, die mit anderen Servern sprechen darf',
  disconnect: 'Zurück zur Seite, die mit niemandem sonst spricht',
  use: 'Verwenden',
};
