'use client';
/** A form with a picture and a question → the answer, in the visitor's browser. The page itself is rendered when it is built. */
import { createAssistant } from 'mipha-web';
import { useState } from 'react';

// The runtime folder lies in public/: worker, WebAssembly and model are files, not modules of this bundle. Nothing is
// loaded before the first question.
const assistant = createAssistant({ baseUrl: '/mipha/' });

export function AskForm() {
  const [answer, setAnswer] = useState('');
  const [busy, setBusy] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const url = URL.createObjectURL(data.get('picture'));
    const content = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: data.get('question') },
    ];
    setBusy(true);
    setAnswer('');
    try {
      const stream = await assistant.chat.completions.create({ messages: [{ role: 'user', content }], stream: true });
      for await (const { choices } of stream) setAnswer((text) => text + (choices[0]?.delta.content ?? ''));
    } catch (error) {
      setAnswer(error.message);
    } finally {
      URL.revokeObjectURL(url);
      setBusy(false);
    }
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
      <button disabled={busy}>Ask</button>
      <output>{answer}</output>
    </form>
  );
}
