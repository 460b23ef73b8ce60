/** A part of the page that is fetched when it is first shown → a component that can be used at once and never takes the page down. */
import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { fetchLateWords, language, words } from './language.ts';

class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <p className="failure" role="alert">
        {words().failures.partMissing}
      </p>
    );
  }
}

/** `meanwhile` is what stands there until the part has come. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile?: (props: Props) => ReactNode,
) {
  const Part = lazy(async () => {
    const [part] = await Promise.all([load(), language() === 'en' && fetchLateWords()]);
    return { default: part };
  });
  return function Later(props: Props) {
    return (
      <Boundary>
        <Suspense fallback={meanwhile?.(props)}>
          <Part {...props} />
        </Suspense>
      </Boundary>
    );
  };
}
