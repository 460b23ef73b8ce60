/** A form with a picture and a question → the answer, written as it comes. */
import { type FormEvent, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useAssistant } from './useAssistant';

function App() {
  const { answer, status, ask, stop } = useAssistant();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    void ask(data.get('picture') as File, data.get('question') as string);
  }

  return (
    <form onSubmit={submit}>
      <p>
        <label>
          Picture <input name="picture" type="file" accept="image/*" required />
        </label>
      </p>
      <p>
        <label>
          Question <input name="question" defaultValue="What is in the picture?" required />
        </label>
      </p>
      <button>Ask</button>
      <button type="button" onClick={stop}>
        Stop
      </button>
      <p aria-live="polite">{status}</p>
      <output>{answer}</output>
    </form>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
