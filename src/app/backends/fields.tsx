/** What a model of the hub or a server has to be told: the fields of the panel. */
import { useState } from 'react';
import { CATALOGUE } from '../../backends/catalogue.ts';
import type { BackendChoice } from '../../backends/choose.ts';
import { fill, megabyteRange, useWords, words } from '../language.ts';

const OTHER = '';

function sizeOf({ webgpu, wasm }: { webgpu?: number; wasm?: number }): string {
  const w = words().panel.hub;
  const known = [webgpu, wasm].filter((bytes) => bytes !== undefined);
  return known.length === 0
    ? w.sizeUnknown
    : fill(w.size, { size: megabyteRange(Math.min(...known), Math.max(...known)) });
}

export function HubFields({ address }: { address: string }) {
  const { hub, skills } = useWords().panel;
  const listed = CATALOGUE.some(({ repo }) => repo === address);
  const first = CATALOGUE[0]?.repo ?? OTHER;
  const [repo, setRepo] = useState(listed || address === '' ? address || first : OTHER);
  const model = CATALOGUE.find((candidate) => candidate.repo === repo);
  return (
    <div className="backend-fields">
      <label>
        <span>{hub.list}</span>
        <select name="listed" value={repo} onChange={(event) => setRepo(event.currentTarget.value)}>
          {CATALOGUE.map(({ repo: value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
          <option value={OTHER}>{hub.other}</option>
        </select>
      </label>
      {model ? (
        <p className="backend-note">
          {fill(hub.facts, { skill: skills[model.goodAt], size: sizeOf(model.bytes), licence: model.licence })}
        </p>
      ) : (
        <label>
          <span>{hub.address}</span>
          <input
            name="repository"
            dir="ltr"
            required
            defaultValue={listed ? '' : address}
            autoComplete="off"
            spellCheck={false}
          />
          <small>{hub.addressHint}</small>
        </label>
      )}
    </div>
  );
}

export function ServerFields({ choice, onHost }: { choice: BackendChoice; onHost: (text: string) => void }) {
  const known = choice.kind === 'openai' ? choice : null;
  const { server } = useWords().panel;
  return (
    <div className="backend-fields">
      <p className="backend-note">{server.explained}</p>
      <label>
        <span>{server.address}</span>
        <input
          name="server"
          dir="ltr"
          required
          placeholder="http://localhost:8000/v1"
          defaultValue={known?.baseUrl ?? ''}
          onInput={(event) => onHost(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
      </label>
      <label>
        <span>{server.model}</span>
        <input name="model" dir="ltr" defaultValue={known?.model ?? ''} autoComplete="off" spellCheck={false} />
        <small>{server.modelHint}</small>
      </label>
      <label>
        <span>{server.key}</span>
        <input name="key" type="password" defaultValue={known?.apiKey ?? ''} autoComplete="off" />
        <small>{server.keyHint}</small>
      </label>
      <label className="backend-check">
        <input name="remember" type="checkbox" />
        <span>{server.remember}</span>
      </label>
    </div>
  );
}
