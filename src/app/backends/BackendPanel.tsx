/** The dialog in which a person chooses which model or server answers, each with who gets to see images and questions. */
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import type { BackendChoice } from '../../backends/choose.ts';
import { toWire } from '../../../contract/errors.ts';
import { failureOf } from '../failures.ts';
import { Dialog } from '../Dialog.tsx';
import { HubFields, ServerFields } from './fields.tsx';
import { fill, useWords } from '../language.ts';

export type BrowserModel = 'unavailable' | 'downloadable' | 'downloading' | 'available';

export interface BackendSettings {
  choice: BackendChoice;
  /** Whether this page may talk to other servers. */
  connected: boolean;
  /** Host that is sent images and questions; null when they stay on the device. */
  sentTo: string | null;
  /** Asks the browser for a model of its own. */
  browserModel: () => Promise<BrowserModel>;
  /** Throws an error whose message says what to change. */
  apply: (choice: BackendChoice, rememberKey: boolean) => void;
}

const CONNECTED_PAGE = 'connected.html';

type Kind = BackendChoice['kind'];

function choiceOf(kind: Kind, form: FormData): BackendChoice {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  if (kind === 'hub') return { kind, address: text('repository') || text('listed') };
  if (kind !== 'openai') return { kind };
  const apiKey = text('key');
  return { kind, baseUrl: text('server'), model: text('model'), ...(apiKey === '' ? {} : { apiKey }) };
}

/** Stands in for the fields where the page's own policy would block what they lead to. */
function OtherPage() {
  const w = useWords().panel;
  return (
    <p className="backend-note">
      {w.strict} <a href={`${CONNECTED_PAGE}#model`}>{w.connect}</a>
    </p>
  );
}

function Option(props: {
  kind: Kind;
  chosen: Kind;
  onChoose: (kind: Kind) => void;
  label: string;
  privacy: string;
  disabled?: boolean;
  children?: ReactNode;
}) {
  const { kind, chosen, onChoose, label, privacy, disabled = false, children } = props;
  return (
    <div className="backend-option">
      <label>
        <input
          type="radio"
          name="kind"
          value={kind}
          checked={kind === chosen}
          disabled={disabled}
          aria-describedby={`backend-${kind}`}
          onChange={() => onChoose(kind)}
        />
        <span>{label}</span>
      </label>
      <p id={`backend-${kind}`} className="backend-privacy" data-private={kind !== 'openai'}>
        {privacy}
      </p>
      {kind === chosen && children}
    </div>
  );
}

interface FormProps {
  settings: BackendSettings;
  browserModel: BrowserModel;
}

function ChoiceForm({ settings, browserModel }: FormProps) {
  const { choice, connected, apply } = settings;
  const [kind, setKind] = useState<Kind>(choice.kind);
  const [host, setHost] = useState(choice.kind === 'openai' ? choice.baseUrl : '');
  const [problem, setProblem] = useState('');
  const blocked = !connected && (kind === 'hub' || kind === 'openai');

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      apply(choiceOf(kind, form), form.get('remember') === 'on');
      closeAround(event.currentTarget);
    } catch (thrown) {
      setProblem(failureOf(toWire(thrown)).sentence);
    }
  }
  const option = { chosen: kind, onChoose: setKind };
  const words = useWords();
  const w = words.panel;
  const { mipha, hub, browser, server } = w;
  const browserNote = browserModel === 'unavailable' ? browser.unavailable : browser.downloadable;
  return (
    <form onSubmit={submit}>
      <Option {...option} kind="mipha" label={mipha.label} privacy={mipha.privacy} />
      <Option {...option} kind="hub" label={hub.label} privacy={hub.privacy}>
        {blocked ? <OtherPage /> : <HubFields address={choice.kind === 'hub' ? choice.address : ''} />}
      </Option>
      <Option
        {...option}
        kind="browser"
        label={browser.label}
        privacy={browserModel === 'available' ? browser.privacy : `${browser.privacy} ${browserNote}`}
        disabled={browserModel === 'unavailable'}
      />
      <Option
        {...option}
        kind="openai"
        label={server.label}
        privacy={fill(server.privacy, { host: host.trim() || server.unnamed })}
      >
        {blocked ? <OtherPage /> : <ServerFields choice={choice} onHost={setHost} />}
      </Option>
      {problem !== '' && (
        <p className="failure" role="alert">
          {problem}
        </p>
      )}
      <div className="actions">
        <button type="submit" className="button" disabled={blocked}>
          {w.use}
        </button>
        <button type="button" className="button" onClick={({ currentTarget }) => closeAround(currentTarget)}>
          {words.cancel}
        </button>
        {connected && <a href="./">{w.disconnect}</a>}
      </div>
    </form>
  );
}

const closeAround = (element: Element): void => element.closest('dialog')?.close();

export function BackendPanel({ settings, onClose }: { settings: BackendSettings; onClose: () => void }) {
  const w = useWords().panel;
  const [browserModel, setBrowserModel] = useState<BrowserModel>('unavailable');
  const ask = settings.browserModel;
  useEffect(() => void ask().then(setBrowserModel), [ask]);
  return (
    <Dialog title={w.title} className="backend-panel" onClose={onClose}>
      <ChoiceForm settings={settings} browserModel={browserModel} />
    </Dialog>
  );
}
