import { AskForm } from './AskForm';

export default function Page() {
  return (
    <main>
      <h1>Ask about a picture</h1>
      <AskForm />
    </main>
  );
}
