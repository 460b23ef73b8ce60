/** What a model of the hub or a server has to be told: the fields of the panel. */
import { useState } from 'react';
import { CATALOGUE } from '../../backends/catalogue.ts';
import type { BackendChoice } from '../../backends/choose.ts';
import { words } from './words.ts';

const OTHER = '';

function sizeOf({ webgpu, wasm }: { webgpu?: number; wasm?: number }): string {
  const known = [webgpu, wasm].filter((bytes) => bytes !== undefined).map((bytes) => Math.round(bytes / 1e6));
  if (known.length === 0) return words.hub.sizeUnknown;
  return words.hub.size([...new Set(known)].join('–'));
}

export function HubFields({ address }: { address: string }) {
  const listed = CATALOGUE.some(({ repo }) => repo === address);
  const first = CATALOGUE[0]?.repo ?? OTHER;
  const [repo, setRepo] = useState(listed || address === '' ? address || first : OTHER);
  const model = CATALOGUE.find((candidate) => candidate.repo === repo);
  return (
    <div className="backend-fields">
      <label>
        <span>{words.hub.list}</span>
        <select name="listed" value={repo} onChange={(event) => setRepo(event.currentTarget.value)}>
          {CATALOGUE.map(({ repo: value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
          <option value={OTHER}>{words.hub.other}</option>
        </select>
      </label>
      {model ? (
        <p className="backend-note">
          {model.goodAt} {sizeOf(model.bytes)}, {words.hub.licence(model.licence)}.
        </p>
      ) : (
        <label>
          <span>{words.hub.address}</span>
          <input
            name="repository"
            required
            defaultValue={listed ? '' : address}
            autoComplete="off"
            spellCheck={false}
          />
          <small>{words.hub.addressHint}</small>
        </label>
      )}
    </div>
  );
}

export function ServerFields({ choice, onHost }: { choice: BackendChoice; onHost: (text: string) => void }) {
  const known = choice.kind === 'openai' ? choice : null;
  const { server } = words;
  return (
    <div className="backend-fields">
      <p className="backend-note">{server.explained}</p>
      <label>
        <span>{server.address}</span>
        <input
          name="server"
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
        <input name="model" defaultValue={known?.model ?? ''} autoComplete="off" spellCheck={false} />
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
