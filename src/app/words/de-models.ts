/** The model manager's part of the words in German. */
import type { Words } from './en.ts';

export const deModels: Words['models'] = {
  title: 'Modelle',
  explained:
    'Modelle werden in diesem Browser aufbewahrt. Wer eines löscht, gewinnt seinen Platz zurück; es lässt sich erneut laden oder hinzufügen.',
  none: 'Hier wird kein Modell aufbewahrt.',
  stored: '{size}, hier aufbewahrt',
  partly: '{size} davon sind hier',
  running: 'In Gebrauch',
  use: '{name} verwenden',
  update: 'Aktualisieren ({size})',
  resume: 'Rest laden ({size})',
  delete: '{name} löschen',
  deleteAll: 'Alle Modelle löschen',
  deleteAllSure: 'Noch einmal drücken, um alle Modelle zu löschen',
  add: 'Modell aus einem Ordner hinzufügen',
  addHelp:
    'Wählen Sie einen Ordner mit einem Modell in model-format 1. Es wird geprüft und in diesen Browser kopiert; nichts wird hochgeladen.',
  working: 'Ein Modell wird geladen oder kopiert',
  progress: '{loaded} von {total}',
  speed: '{speed} pro Sekunde',
  left: 'noch {time}',
  pause: 'Anhalten',
  firstRun: 'Modell herunterladen',
  firstRunText: '{name} muss erst heruntergeladen werden: {size}.',
  firstRunMore: 'Es bleibt in diesem Browser, das geschieht also nur einmal. Lizenz: {license}.',
  metered: 'Diese Verbindung ist getaktet oder spart Daten.',
  download: 'Herunterladen ({size})',
  notNow: 'Jetzt nicht',
};
